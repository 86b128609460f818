import { basename, dirname } from 'node:path';
import type { OpenMode, Storage, StorageFile } from '../../host/src/journal/storage.ts';

type Change =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly bytes: number };

/** What was written since the last sync, and what the disk has for sure. */
class FileNode {
  readonly kind = 'file';
  current: Buffer;
  /** Never changed in place, so that snapshots can share it. */
  durable: Buffer;
  unsynced: Change[] = [];
  /** Memory that begins with `current` and has room behind it; nobody else writes there. */
  #backing = Buffer.alloc(0);

  constructor(content: Buffer = Buffer.alloc(0)) {
    this.current = content;
    this.durable = content;
  }

  change(change: Change): void {
    this.unsynced.push(change);
    const { current } = this;
    if (change.kind === 'write' && change.position === current.length) this.#append(change.bytes);
    else this.current = applyChange(current, change);
  }

  /** Long files grow in place: what was `durable` or in a snapshot stays as it is, in front. */
  #append(bytes: Buffer): void {
    const [start, end] = [this.current.length, this.current.length + bytes.length];
    const isOurs = this.current.buffer === this.#backing.buffer && this.current.byteOffset === this.#backing.byteOffset;
    if (!isOurs || end > this.#backing.length) {
      this.#backing = Buffer.alloc(2 * end);
      this.current.copy(this.#backing);
    }
    bytes.copy(this.#backing, start);
    this.current = this.#backing.subarray(0, end);
  }
}

type Node = FileNode | Folder;
type NameChange =
  | { readonly kind: 'link'; readonly name: string; readonly node: Node }
  | { readonly kind: 'unlink'; readonly name: string }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string; readonly node: Node };

class Folder {
  readonly kind = 'folder';
  readonly current = new Map<string, Node>();
  durable = new Map<string, Node>();
  unsynced: NameChange[] = [];

  change(change: NameChange): void {
    this.unsynced.push(change);
    applyName(this.current, change);
  }
}

/** Operations that can be made to fail. */
export type Operation =
  | 'open'
  | 'read'
  | 'write'
  | 'truncate'
  | 'datasync'
  | 'rename'
  | 'unlink'
  | 'readFolder'
  | 'makeFolder'
  | 'syncFolder'
  | 'freeBytes'
  | 'close'
  | 'size';

/** What the power cut leaves of what was not synced; `names` and `changes` are asked once for each, in order. */
export interface Cut {
  /** Whether a name that was made, changed or removed is so on the disk. */
  readonly keepsName: () => boolean;
  /** How many bytes of a write are on the disk, the first ones; of a truncation, anything above 0 means that it is done. */
  readonly keptBytes: (bytes: number, isLast: boolean) => number;
}

/**
 * A file system in memory whose power can be cut: it knows what was synced, content and names apart, and makes of the rest
 * whatever a disk could. It can also be full, or fail in any operation.
 */
export class PowerCutStorage implements Storage {
  /** Gives a code of Node to make an operation fail with it. */
  fault: (operation: Operation, path: string) => string | undefined = () => undefined;
  /** Makes an operation wait. */
  hold: (operation: Operation) => Promise<void> | undefined = () => undefined;
  /** Called in front of each operation that changes something. */
  onChange: () => void = () => {};
  /** Room on the disk; what is beyond it is not taken, and a write that begins below it is short. */
  capacityBytes = Infinity;
  /** A write takes no more than so many bytes at a time. */
  writeBytesMax = Infinity;
  readonly opens = { current: 0 };
  readonly calls: Partial<Record<Operation, number>> = {};
  readonly #root: Folder;

  constructor(root: Folder = new Folder()) {
    this.#root = root;
  }

  /** Bytes in all files. */
  get usedBytes(): number {
    return bytesIn(this.#root);
  }

  /** Paths of all files with their contents, as processes see them. */
  files(): Map<string, Buffer> {
    const files = new Map<string, Buffer>();
    const visit = (folder: Folder, path: string): void => {
      for (const [name, node] of folder.current) {
        if (node.kind === 'file') files.set(`${path}/${name}`, node.current);
        else visit(node, `${path}/${name}`);
      }
    };
    visit(this.#root, '');
    return files;
  }

  /** Puts a file there, or changes one behind everybody's back. */
  put(path: string, content: Uint8Array): void {
    let folder = this.#root;
    for (const name of dirname(path).split('/').filter(Boolean)) {
      let next = folder.current.get(name);
      if (next?.kind !== 'folder') {
        next = new Folder();
        folder.current.set(name, next);
        folder.durable.set(name, next);
      }
      folder = next;
    }
    const node = new FileNode(Buffer.from(content));
    folder.current.set(basename(path), node);
    folder.durable.set(basename(path), node);
  }

  /** The disk of this moment, to be cut later; what happens here from now on does not change it. */
  snapshot(): PowerCutStorage {
    return new PowerCutStorage(cloneFolder(this.#root, new Map()));
  }

  /** What the next process finds after a power cut at this moment. */
  cut(cut: Cut): PowerCutStorage {
    const seen = new Map<FileNode, FileNode>();
    const survive = (folder: Folder): Folder => {
      const names = new Map(folder.durable);
      for (const change of folder.unsynced) if (cut.keepsName()) applyName(names, change);
      const survivor = new Folder();
      for (const [name, node] of names) {
        const copy = node.kind === 'folder' ? survive(node) : surviveFile(node, cut, seen);
        survivor.current.set(name, copy);
        survivor.durable.set(name, copy);
      }
      return survivor;
    };
    return new PowerCutStorage(survive(this.#root));
  }

  async open(path: string, mode: OpenMode): Promise<StorageFile> {
    await this.#begin('open', path, mode === 'create');
    const folder = this.#folder(dirname(path));
    let node = folder.current.get(basename(path));
    if (node?.kind === 'folder') throw failure('EISDIR', path);
    if (node !== undefined && mode === 'create') throw failure('EEXIST', path);
    if (node === undefined) {
      if (mode === 'read') throw failure('ENOENT', path);
      if (mode === 'update') this.onChange();
      node = new FileNode();
      folder.change({ kind: 'link', name: basename(path), node });
    }
    return this.#handle(node as FileNode, path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#begin('rename', from, true);
    const folder = this.#folder(dirname(from));
    const node = folder.current.get(basename(from));
    if (node === undefined) throw failure('ENOENT', from);
    folder.change({ kind: 'rename', from: basename(from), to: basename(to), node });
  }

  async unlink(path: string): Promise<void> {
    await this.#begin('unlink', path, true);
    const folder = this.#folder(dirname(path));
    if (folder.current.get(basename(path))?.kind !== 'file') throw failure('ENOENT', path);
    folder.change({ kind: 'unlink', name: basename(path) });
  }

  async readFolder(path: string): Promise<string[]> {
    await this.#begin('readFolder', path);
    return [...this.#folder(path).current.keys()];
  }

  async makeFolder(path: string): Promise<void> {
    await this.#begin('makeFolder', path, true);
    let folder = this.#root;
    for (const name of path.split('/').filter(Boolean)) {
      let next = folder.current.get(name);
      if (next?.kind === 'file') throw failure('EEXIST', path);
      if (next === undefined) {
        next = new Folder();
        folder.current.set(name, next);
        folder.durable.set(name, next);
      }
      folder = next;
    }
  }

  async syncFolder(path: string): Promise<void> {
    await this.#begin('syncFolder', path, true);
    const folder = this.#folder(path);
    folder.durable = new Map(folder.current);
    folder.unsynced = [];
  }

  async freeBytes(path: string): Promise<number> {
    await this.#begin('freeBytes', path);
    return this.capacityBytes === Infinity ? 2 ** 40 : Math.max(0, this.capacityBytes - this.usedBytes);
  }

  #handle(node: FileNode, path: string): StorageFile {
    this.opens.current++;
    let isOpen = true;
    const begin = async (operation: Operation, isChange = false): Promise<void> => {
      if (!isOpen) throw failure('EBADF', path);
      await this.#begin(operation, path, isChange);
    };
    return {
      size: async () => {
        await begin('size');
        return node.current.length;
      },
      read: async (bytes, position) => {
        await begin('read');
        return node.current.copy(bytes, 0, Math.min(position, node.current.length));
      },
      write: async (bytes, position) => {
        await begin('write', true);
        const free = this.capacityBytes - this.usedBytes + Math.max(0, node.current.length - position);
        const taken = Math.min(bytes.byteLength, free, this.writeBytesMax);
        if (taken <= 0 && bytes.byteLength > 0) throw failure('ENOSPC', path);
        const change: Change = { kind: 'write', position, bytes: Buffer.from(bytes.subarray(0, taken)) };
        node.change(change);
        return taken;
      },
      truncate: async (bytes) => {
        await begin('truncate', true);
        node.change({ kind: 'truncate', bytes });
      },
      datasync: async () => {
        await begin('datasync', true);
        node.durable = node.current;
        node.unsynced = [];
      },
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        this.opens.current--;
        await this.#begin('close', path);
      },
    };
  }

  async #begin(operation: Operation, path: string, isChange = false): Promise<void> {
    this.calls[operation] = (this.calls[operation] ?? 0) + 1;
    if (isChange) this.onChange();
    await this.hold(operation);
    const code = this.fault(operation, path);
    if (code !== undefined) throw failure(code, path);
  }

  #folder(path: string): Folder {
    let folder = this.#root;
    for (const name of path.split('/').filter(Boolean)) {
      const next = folder.current.get(name);
      if (next?.kind !== 'folder') throw failure(next === undefined ? 'ENOENT' : 'ENOTDIR', path);
      folder = next;
    }
    return folder;
  }
}

const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

function applyName(names: Map<string, Node>, change: NameChange): void {
  if (change.kind === 'link') names.set(change.name, change.node);
  else if (change.kind === 'unlink') names.delete(change.name);
  else {
    names.delete(change.from);
    names.set(change.to, change.node);
  }
}

function applyChange(content: Buffer, change: Change): Buffer {
  if (change.kind === 'truncate') {
    const cut = Buffer.alloc(change.bytes);
    content.copy(cut);
    return cut;
  }
  const end = change.position + change.bytes.length;
  const next = Buffer.alloc(Math.max(content.length, end));
  content.copy(next);
  change.bytes.copy(next, change.position);
  return next;
}

function surviveFile(node: FileNode, cut: Cut, seen: Map<FileNode, FileNode>): FileNode {
  const known = seen.get(node);
  if (known !== undefined) return known;
  let content: Buffer = node.durable;
  node.unsynced.forEach((change, index) => {
    const isLast = index === node.unsynced.length - 1;
    const kept = cut.keptBytes(change.kind === 'write' ? change.bytes.length : 1, isLast);
    if (kept <= 0) return;
    content = applyChange(
      content,
      change.kind === 'write' ? { ...change, bytes: change.bytes.subarray(0, kept) } : change,
    );
  });
  const survivor = new FileNode(content);
  seen.set(node, survivor);
  return survivor;
}

function cloneFolder(folder: Folder, seen: Map<Node, Node>): Folder {
  const copy = new Folder();
  seen.set(folder, copy);
  const clone = (node: Node): Node => {
    const known = seen.get(node);
    if (known !== undefined) return known;
    if (node.kind === 'folder') return cloneFolder(node, seen);
    const file = new FileNode(node.durable);
    file.current = node.current;
    file.unsynced = [...node.unsynced];
    seen.set(node, file);
    return file;
  };
  for (const [name, node] of folder.current) copy.current.set(name, clone(node));
  for (const [name, node] of folder.durable) copy.durable.set(name, clone(node));
  copy.unsynced = folder.unsynced.map((change) =>
    'node' in change ? { ...change, node: clone(change.node) } : change,
  );
  return copy;
}

function bytesIn(folder: Folder): number {
  let bytes = 0;
  for (const node of folder.current.values()) bytes += node.kind === 'file' ? node.current.length : bytesIn(node);
  return bytes;
}
