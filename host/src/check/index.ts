export type { LoadedModule } from './check-module.ts';
export type { LoadedRoute } from './check-routes.ts';
export { formatProblems, type ProblemTarget } from './format-problems.ts';
export { listedModules } from './listed-modules.ts';
export { checkDeployment, type Loaded, type LoadResult, loadDeployment } from './load-deployment.ts';
export type { ModuleImage } from './module-image.ts';
