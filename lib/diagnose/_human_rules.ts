import { type Figure, type FindingRecord, formatInterval, formatNumber, formatShare } from "../display/mod.ts";
import type { Interval } from "../stats/mod.ts";
import { finding } from "./finding.ts";
import type { Agreement } from "./_human_agreement.ts";
import { type AnsweredImage, imagesFor, type ModelBeside } from "./_human_facts.ts";
import { counted } from "./_words.ts";
import { bounds } from "./_bounds.ts";

/** An interval wider than this to either side leaves open whether people are good or middling. */
export const USEFUL_HALF_WIDTH = 0.1;

/** Below this agreement, conclusions from people's answers are doubtful: Krippendorff (2004), Content analysis, p. 241. */
const DOUBTFUL = 0.667;

const CHART = "human-accuracy";

/** What the findings are made of. */
export interface HumanCase {
  /** People, in all. */
  readonly raters: number;
  readonly people: Interval;
  readonly model: ModelBeside | null;
  readonly agreement: Agreement | null;
  readonly disputed: readonly AnsweredImage[];
  readonly learnable: readonly AnsweredImage[];
  /** Images there are to ask about. */
  readonly available: number;
  readonly command: string;
  readonly figures: { readonly people: Figure; readonly model: readonly Figure[] };
}

/** Nobody has answered. */
export function humanUnknown(command: string): FindingRecord {
  return finding({
    code: "human-unknown",
    severity: "info",
    sentence: "Nobody has answered yet, so it is not known what people get right on these images.",
    remedy: `Ten minutes tell whether model or data is the limit: ${command}`,
  });
}

/** What people's answers say, in the order of its weight. */
export function humanFindings(all: HumanCase): FindingRecord[] {
  return [
    all.model === null ? alone(all) : beside(all, all.model),
    ...(all.disputed.length > 0 ? [labelsDisputed(all)] : []),
    ...(all.model !== null && all.learnable.length > 0 ? [learnable(all, all.model)] : []),
    ...(all.agreement?.value && all.agreement.value.high < DOUBTFUL ? [disagree(all.agreement)] : []),
    ...(halfWidth(all.people) > USEFUL_HALF_WIDTH ? [tooFew(all)] : []),
  ];
}

function alone({ people, figures }: HumanCase): FindingRecord {
  return finding({
    code: "human-accuracy",
    severity: "info",
    sentence: `People get ${formatInterval(people)} of ${counted(people.n, "image")} right.`,
    evidence: [figures.people],
    chart: CHART,
  });
}

function beside(all: HumanCase, model: ModelBeside): FindingRecord {
  const { figures } = all;
  const { difference, name, accuracy, people } = model;
  const evidence = [figures.people, ...figures.model];
  const both = `On the same ${counted(difference.n, "image")}, people get ${formatInterval(people)} and ${name} ${
    formatInterval(accuracy)
  }`;
  if (difference.low > 0) {
    return finding({
      code: "below-human",
      severity: "warning",
      sentence: `${both}: the images show more than the model has learnt, by ${formatInterval(difference, "points")}.`,
      evidence,
      remedy: "The data is not the limit yet: more or more varied training images, features that were trained on " +
        "others, or a better trained model can gain. The gallery of what only people get right shows where.",
      chart: CHART,
    });
  }
  if (difference.high <= USEFUL_HALF_WIDTH) {
    return finding({
      code: "as-good-as-people",
      severity: "info",
      sentence: `${both}: people do no better${
        difference.high > 0 ? ` by more than ${formatNumber(Math.ceil(100 * difference.high))} points` : ""
      }, so the images and their labels limit what can be expected of a model.`,
      evidence,
      remedy:
        "Look at what people get wrong: sharper or larger images, clearer classes or corrected labels raise the " +
        "limit; training alone probably does not. People who know the subject better may still see more.",
      chart: CHART,
    });
  }
  return finding({
    code: "human-model-untold",
    severity: "info",
    sentence: `${both}. Whether people are better can't be told: the difference is ${
      formatInterval(difference, "points")
    }, and 0 is among that.`,
    evidence,
    // Twice as many images tell differences that are √2 times smaller.
    remedy: more(all, 2 * people.n),
    chart: CHART,
  });
}

function labelsDisputed({ disputed, people, raters }: HumanCase): FindingRecord {
  const seconded = disputed.filter(({ answers }) => answers.length > 1);
  const agreed = seconded.filter(({ answers }) => new Set(answers.map((answer) => answer.class)).size === 1);
  const several = seconded.length > 0;
  return finding({
    code: "labels-people-dispute",
    severity: several ? "warning" : "info",
    sentence: several
      ? `Nobody agrees with the label of ${counted(disputed.length, "image")} of ${people.n}; on ${
        agreed.length === disputed.length ? "all" : agreed.length
      } of them everybody names the same other class.`
      : `${raters === 1 ? "The one person who answered" : "Whoever saw it"} names another class than the label for ${
        counted(disputed.length, "image")
      } of ${people.n}.`,
    evidence: [
      {
        id: "human.disputed",
        label: "Images nobody labels as the data does",
        value: disputed.length,
        unit: "count",
        n: people.n,
      },
      ...(several
        ? [
          {
            id: "human.disputed-unanimously",
            label: "Of these, images that several people give the same other class",
            value: agreed.length,
            unit: "count",
          } as const,
        ]
        : []),
    ],
    remedy: several
      ? "Look at them in the gallery: correct the label where the people are right; where they are not, the picture misleads."
      : "One opinion is no proof: look at them in the gallery, and let a second person answer.",
  });
}

function learnable({ learnable, people }: HumanCase, { name }: ModelBeside): FindingRecord {
  return finding({
    code: "model-misses-the-obvious",
    severity: "info",
    sentence: `Everybody is right and ${name} wrong on ${counted(learnable.length, "image")} of ${people.n}.`,
    evidence: [
      {
        id: "human.only-people",
        label: `Right for people, wrong for ${name}`,
        value: learnable.length,
        unit: "count",
        n: people.n,
      },
    ],
    remedy:
      "These can be learnt. Look at the gallery for what they have in common, and collect or augment images like them.",
  });
}

function disagree({ value, measure, images, unanimous }: Agreement): FindingRecord {
  return finding({
    code: "people-disagree",
    severity: "info",
    sentence: `People agree with each other only moderately (${measure} ${
      formatInterval(value!, "number")
    }; all alike on ${formatShare(unanimous / images, { n: images })} of ${
      counted(images, "image")
    }): the classes leave room for opinion.`,
    evidence: [{ id: "human.agreement", label: measure, ...bounds(value!), unit: "number" }],
    remedy: "Write down what belongs in which class, with examples for what lies between two, or join classes.",
    chart: "human-confusion",
  });
}

function tooFew(all: HumanCase): FindingRecord {
  const { people, figures } = all;
  return finding({
    code: "few-human-answers",
    severity: "info",
    sentence: `People's accuracy is known to ± ${formatNumber(Math.round(100 * halfWidth(people)))} points only, with ${
      counted(people.n, "image")
    }.`,
    evidence: [figures.people],
    remedy: more(all, imagesFor(USEFUL_HALF_WIDTH, people)),
    chart: CHART,
  });
}

/** How many more images would help, and the command that asks about them. */
function more({ people, available, command }: HumanCase, total: number): string {
  if (people.n >= available) return "All images there are have been asked about: only more images can tell more.";
  return total > available
    ? `All ${counted(available, "image")} there are to ask about would help: ${command} --images ${available}`
    : `About ${counted(total - people.n, "more image")} would help: ${command} --images ${total}`;
}

export function halfWidth({ low, high }: Interval): number {
  return (high - low) / 2;
}
