/** Points and boxes with the names that face-api.js gives them. In pixels, unless it says otherwise; y grows downwards. */

/** A width and a height. */
export interface IDimensions {
  readonly width: number;
  readonly height: number;
}

/** A width and a height, both above 0. */
export class Dimensions implements IDimensions {
  readonly width: number;
  readonly height: number;

  constructor(width: number, height: number) {
    if (!(width > 0 && height > 0)) throw new RangeError(`dimensions are above 0, these are ${width} × ${height}`);
    this.width = width;
    this.height = height;
  }

  /** The reciprocals. */
  reverse(): Dimensions {
    return new Dimensions(1 / this.width, 1 / this.height);
  }
}

/** A point. */
export class Point {
  readonly x: number;
  readonly y: number;

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }

  add({ x, y }: Point): Point {
    return new Point(this.x + x, this.y + y);
  }

  sub({ x, y }: Point): Point {
    return new Point(this.x - x, this.y - y);
  }

  mul({ x, y }: Point): Point {
    return new Point(this.x * x, this.y * y);
  }

  div({ x, y }: Point): Point {
    return new Point(this.x / x, this.y / y);
  }

  abs(): Point {
    return new Point(Math.abs(this.x), Math.abs(this.y));
  }

  magnitude(): number {
    return Math.hypot(this.x, this.y);
  }

  floor(): Point {
    return new Point(Math.floor(this.x), Math.floor(this.y));
  }
}

/** A box by a corner and its size. */
export interface IRect extends IDimensions {
  readonly x: number;
  readonly y: number;
}

/** A box by its sides. */
export interface IBoundingBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An upright box. */
export class Box implements IRect, IBoundingBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;

  constructor(box: IRect | IBoundingBox) {
    const { x, y, width, height } = "width" in box ? box : sized(box);
    if (![x, y, width, height].every(Number.isFinite)) throw new RangeError("a box is made of four finite numbers");
    if (width < 0 || height < 0) throw new RangeError(`a box has no negative size, this is ${width} × ${height}`);
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
  }

  get left(): number {
    return this.x;
  }

  get top(): number {
    return this.y;
  }

  get right(): number {
    return this.x + this.width;
  }

  get bottom(): number {
    return this.y + this.height;
  }

  get area(): number {
    return this.width * this.height;
  }

  get topLeft(): Point {
    return new Point(this.left, this.top);
  }

  get topRight(): Point {
    return new Point(this.right, this.top);
  }

  get bottomLeft(): Point {
    return new Point(this.left, this.bottom);
  }

  get bottomRight(): Point {
    return new Point(this.right, this.bottom);
  }

  /** Each number rounded. */
  round(): Box {
    return this.#mapped(Math.round);
  }

  /** Each number without what is behind its point. */
  floor(): Box {
    return this.#mapped(Math.floor);
  }

  /** Every number times `scale`, or across times its width and down times its height. */
  rescale(scale: IDimensions | number): Box {
    const { width: across, height: down } = typeof scale === "number" ? { width: scale, height: scale } : scale;
    return new Rect(this.x * across, this.y * down, this.width * across, this.height * down);
  }

  /** So much longer and higher, around the same middle. */
  pad(across: number, down: number): Box {
    return new Rect(this.x - across / 2, this.y - down / 2, this.width + across, this.height + down);
  }

  /** What of it lies in a picture of that size. */
  clipAtImageBorders(width: number, height: number): Box {
    const left = Math.max(this.left, 0);
    const top = Math.max(this.top, 0);
    return new Rect(left, top, Math.min(this.right - left, width - left), Math.min(this.bottom - top, height - top));
  }

  #mapped(change: (number: number) => number): Box {
    return new Rect(change(this.x), change(this.y), change(this.width), change(this.height));
  }
}

/** A box made of four numbers. */
export class Rect extends Box {
  constructor(x: number, y: number, width: number, height: number) {
    super({ x, y, width, height });
  }
}

/** A box made of its sides. */
export class BoundingBox extends Box {
  constructor(left: number, top: number, right: number, bottom: number) {
    super({ left, top, right, bottom });
  }
}

function sized({ left, top, right, bottom }: IBoundingBox): IRect {
  return { x: left, y: top, width: right - left, height: bottom - top };
}
