// Written by `pnpm check:packages api --update`.

// @holdfast/cli

export declare const ExitCode: {
    readonly ok: 0;
    readonly no: 1;
    readonly usage: 2;
    readonly unreachable: 3;
};

export declare function runCli(args: readonly string[], streams?: Streams): Promise<number>;

export declare interface Streams {
    readonly out: (text: string) => void;
    readonly err: (text: string) => void;
}

export { }
