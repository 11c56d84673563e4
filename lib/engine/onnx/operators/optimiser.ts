import type { Kernel } from "../kernel.ts";
import type { Edge } from "../lowering/edge.ts";
import { Lowering } from "../lowering/lowering.ts";
import { type Chain, inPieces, piecesOf } from "../lowering/pieces.ts";
import { sizeOf, type Spec } from "../value.ts";

/** What a rule works with: a variable, or several behind one another, all of it in tfjs's order of axes. */
interface Update {
  readonly value: Edge;
  readonly gradient: Edge;
  /** The rule's own numbers for each element of the value. */
  readonly slots: readonly Edge[];
  /** Learning rate and the like, scalars. */
  readonly numbers: readonly Edge[];
  /** What `prepare` gave. */
  readonly shared: readonly Edge[];
}

/**
 * How an optimiser changes a variable, element by element. The operations and their order are those of tfjs's optimisers,
 * so that the bits are what recording them one by one would give.
 */
interface Rule {
  /** The new value, then the new slots. */
  update(g: Lowering, on: Update): Edge[];
  /** What all variables share, of the numbers and of the state that exists once. */
  prepare?(g: Lowering, numbers: readonly Edge[], globals: readonly Edge[]): Edge[];
  /** The new state that exists once. */
  advance?(g: Lowering, numbers: readonly Edge[], globals: readonly Edge[]): Edge[];
}

/** How many of each a call has; the inputs are the numbers, the globals, and for each variable its value, gradient and slots. */
export interface UpdatePlan {
  readonly numbers: number;
  readonly globals: number;
  readonly slots: number;
}

/** decay * old + (1 - decay) * fresh, both factors given. */
function average(g: Lowering, old: Edge, decay: Edge, fresh: Edge, rest: Edge): Edge {
  return g.add(g.mul(old, decay), g.mul(fresh, rest));
}

const square = (g: Lowering, x: Edge) => g.mul(x, x);
const sqrt = (g: Lowering, x: Edge) => g.unary("Sqrt", x);

const rules = {
  /** Numbers: -rate. */
  Sgd: {
    update: (g, { value, gradient, numbers: [rate] }) => [g.add(g.mul(rate, gradient), value)],
  },
  /** Numbers: -rate, momentum. Slots: the sum of gradients. */
  Momentum: {
    update(g, { value, gradient, slots: [sum], numbers: [rate, momentum] }) {
      const next = g.add(g.mul(momentum, sum), gradient);
      return [g.add(g.mul(rate, next), value), next];
    },
  },
  /** The same, looking ahead by one step (Nesterov 1983). */
  Nesterov: {
    update(g, { value, gradient, slots: [sum], numbers: [rate, momentum] }) {
      const next = g.add(g.mul(momentum, sum), gradient);
      return [g.add(g.mul(rate, g.add(gradient, g.mul(next, momentum))), value), next];
    },
  },
  /** Numbers: -rate, epsilon. Slots: the sum of squares (Duchi et al. 2011). */
  Adagrad: {
    update(g, { value, gradient, slots: [sum], numbers: [rate, epsilon] }) {
      const next = g.add(sum, square(g, gradient));
      return [g.add(g.mul(g.div(gradient, sqrt(g, g.add(next, epsilon))), rate), value), next];
    },
  },
  /** Numbers: -rate, rho, 1 - rho, epsilon. Slots: mean squares of gradients and of updates (Zeiler 2012). */
  Adadelta: {
    update(g, { value, gradient, slots: [gradients, updates], numbers: [rate, rho, rest, epsilon] }) {
      const ratio = g.div(sqrt(g, g.add(updates, epsilon)), sqrt(g, g.add(gradients, epsilon)));
      const change = g.mul(ratio, gradient);
      return [
        g.add(g.mul(change, rate), value),
        average(g, gradients, rho, square(g, gradient), rest),
        average(g, updates, rho, square(g, change), rest),
      ];
    },
  },
  /**
   * Numbers: -rate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon. Globals: powers of the betas. Slots: first and second
   * moment (Kingma and Ba 2015).
   */
  Adam: {
    prepare: (g, _numbers, globals) => globals.map((power) => g.sub(g.scalar(1), power)),
    update(g, { value, gradient, slots: [first, second], numbers, shared: [bias1, bias2] }) {
      const [rate, beta1, rest1, beta2, rest2, epsilon] = numbers;
      const m = average(g, first, beta1, gradient, rest1);
      const v = average(g, second, beta2, square(g, gradient), rest2);
      const step = g.div(g.div(m, bias1), g.add(sqrt(g, g.div(v, bias2)), epsilon));
      return [g.add(g.mul(step, rate), value), m, v];
    },
    advance: (g, [, beta1, , beta2], [power1, power2]) => [g.mul(power1, beta1), g.mul(power2, beta2)],
  },
  /** Numbers: -rate, beta1, 1 - beta1, beta2, epsilon, decay. Globals: the step, the power of beta1. */
  Adamax: {
    prepare(g, [rate, , , , , decay], [step, power]) {
      const decayed = g.div(rate, g.add(g.mul(step, decay), g.scalar(1)));
      return [g.div(decayed, g.sub(g.scalar(1), power))];
    },
    update(g, { value, gradient, slots: [first, norm], numbers: [, beta1, rest, beta2, epsilon], shared: [rate] }) {
      const m = average(g, first, beta1, gradient, rest);
      const u = g.binary("Max", g.mul(norm, beta2), g.unary("Abs", gradient));
      return [g.add(g.mul(rate, g.div(m, g.add(u, epsilon))), value), m, u];
    },
    advance: (g, [, beta1], [step, power]) => [g.add(step, g.scalar(1)), g.mul(power, beta1)],
  },
  /** Numbers: rate, decay, 1 - decay, momentum, epsilon. Slots: mean square, momentum (Tieleman and Hinton 2012). */
  RmsProp: {
    update(g, { value, gradient, slots: [squares, moments], numbers: [rate, decay, rest, momentum, epsilon] }) {
      const s = average(g, squares, decay, square(g, gradient), rest);
      const change = g.div(g.mul(gradient, rate), sqrt(g, g.add(s, epsilon)));
      const m = g.add(g.mul(moments, momentum), change);
      return [g.sub(value, m), s, m];
    },
  },
  /** The same with the variance in place of the mean square. Slots: mean square, momentum, mean. */
  CentredRmsProp: {
    update(g, { value, gradient, slots: [squares, moments, means], numbers }) {
      const [rate, decay, rest, momentum, epsilon] = numbers;
      const s = average(g, squares, decay, square(g, gradient), rest);
      const mean = average(g, means, decay, gradient, rest);
      const variance = g.sub(s, g.add(square(g, mean), epsilon));
      const m = g.add(g.mul(moments, momentum), g.div(g.mul(gradient, rate), sqrt(g, variance)));
      return [g.sub(value, m), s, m, mean];
    },
  },
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

/** Numbers of elements that decide how a variable is changed. */
export interface Sizes {
  /**
   * Up to here together with others: copying a larger one there and back takes longer than operators of its own. Measured
   * with Adam: any limit from 8,192 to 80,000 is as good as the next, within the noise.
   */
  readonly small: number;
  /**
   * From here on in pieces. Below, a processor's third-level cache holds what one operator leaves for the next: Adam on
   * 1.4 million weights takes 2.1 ms at once and 2.8 in pieces, on 16.8 million 25 to 42 and 22 (32 MB of cache).
   */
  readonly large: number;
  /** Of a piece: smaller ones stay in faster caches, but operators don't use more than one thread for them. */
  readonly piece: number;
}

const SIZES: Sizes = { small: 40_000, large: 2 ** 22, piece: 2 ** 18 };

/**
 * One call for a whole step of an optimiser, with all variables in it. It has no tfjs name: `optimisers/` records it.
 * Outputs are the globals, and for each variable its value and slots.
 *
 * @param sizes The bits are the same with any.
 */
export function updateKernel(name: RuleName, sizes: Partial<Sizes> = {}): Kernel {
  const { small, large, piece } = { ...SIZES, ...sizes };
  const rule: Rule = rules[name];
  return {
    name: `Update${name}`,
    exact: true,
    inputs: "...",
    infer(inputs, plan: UpdatePlan) {
      const list = Object.values(inputs) as unknown as Spec[];
      const { numbers, globals, slots } = plan;
      const outputs: Spec[] = list.slice(numbers, numbers + globals);
      for (let at = numbers + globals; at < list.length; at += 2 + slots) {
        const spec = list[at];
        for (let count = 0; count < 1 + slots; count++) outputs.push(spec);
      }
      return { outputs, plan };
    },
    lower(g, inputs, plan: UpdatePlan) {
      const { numbers: before, globals, slots } = plan;
      const edges = inputs.map((ref) => g.plain(ref));
      const numbers = edges.slice(0, before), state = edges.slice(before, before + globals);
      const shared = rule.prepare?.(g, numbers, state) ?? [];
      const next = rule.advance?.(g, numbers, state) ?? [];
      const chain: Chain = (on, [value, gradient, ...own], scalars) =>
        rule.update(on, {
          value,
          gradient,
          slots: own,
          numbers: scalars.slice(0, before),
          shared: scalars.slice(before),
        });
      const scalars = [...numbers, ...shared];
      const change = (variable: Edge[]) => {
        const size = sizeOf(variable[0].shape);
        const pieces = size < large ? 1 : piecesOf(size, piece);
        return pieces === 1 ? chain(g, variable, scalars) : inPieces(g, pieces, variable, scalars, chain);
      };

      const variables: Edge[][] = [];
      for (let at = before + globals; at < edges.length; at += 2 + slots) {
        variables.push(edges.slice(at, at + 2 + slots));
      }
      const few = variables.filter(([value]) => sizeOf(value.shape) <= small);
      const together = new Map(flatPays(rule, plan, few) ? flat(g, few, change) : []);
      for (const variable of variables) next.push(...together.get(variable) ?? change(variable));
      return next.map((edge) => g.ref(edge));
    },
  };
}

/**
 * Changes several variables as one vector: values, gradients and each slot are put behind one another, and the results
 * are cut up. Rules go element by element, so that this changes no bits.
 */
function flat(
  g: Lowering,
  variables: readonly Edge[][],
  change: (variable: Edge[]) => Edge[],
): [variable: Edge[], changed: Edge[]][] {
  const sizes = variables.map(([{ shape }]) => sizeOf(shape));
  const vectors = variables[0].map((_, index) =>
    g.concat(variables.map((variable, i) => g.reshape(variable[index], [sizes[i]])), 0)
  );
  const parts = change(vectors).map((vector) => g.split(vector, 0, sizes));
  return variables.map((variable, i) => [variable, parts.map((part) => g.reshape(part[i], variable[0].shape))]);
}

/**
 * Whether that takes fewer operators than a chain for each variable. Values and gradients are counted as reshaped; slots
 * and results are inputs and outputs that hardly anybody else reads, whose shapes are free (`lowering/ports.ts`).
 */
function flatPays(rule: Rule, plan: UpdatePlan, variables: readonly Edge[][]): boolean {
  const chain = chainLength(rule, plan);
  const joints = 2 + plan.slots + 1 + plan.slots;
  const reshaped = variables.filter(([value]) => value.shape.length !== 1).length;
  return chain + joints + 2 * reshaped < variables.length * chain;
}

/** How many operators a rule takes for a variable. */
function chainLength(rule: Rule, plan: UpdatePlan): number {
  const g = new Lowering();
  g.exact = true;
  let names = 0;
  const inputs = (count: number) => Array.from({ length: count }, () => g.input(`${names++}`, [2], "float32"));
  const numbers = inputs(plan.numbers);
  const shared = inputs(rule.prepare?.(g, numbers, inputs(plan.globals)).length ?? 0);
  const [value, gradient, ...slots] = inputs(2 + plan.slots);
  for (const edge of rule.update(g, { value, gradient, slots, numbers, shared })) g.output(edge);
  return g.graph().nodes.length;
}

export const updates = Object.fromEntries(
  Object.keys(rules).map((name) => [name, updateKernel(name as RuleName)]),
) as Readonly<Record<RuleName, Kernel>>;
