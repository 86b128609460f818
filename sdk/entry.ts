export { gatehouse_abi_version, gatehouse_alloc, gatehouse_handle } from './assembly/run';
