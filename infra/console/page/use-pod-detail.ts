import { useEffect, useState } from "preact/hooks";
import type { PodDetail } from "../api.ts";
import { type Answer, ask, podPath } from "./ask.ts";

/**
 * A pod's whole story, read anew with each change of its record.
 *
 * @param version of its record; undefined: the stream hasn't told of it, so there is nothing to ask for.
 * @returns undefined until the first answer; later the last answer there was.
 */
export function usePodDetail(
	uid: string,
	version: number | undefined,
	isLive: boolean,
): Answer<PodDetail> | undefined {
	const [answer, setAnswer] = useState<Answer<PodDetail>>();
	// The version says when there is something new.
	useEffect(() => {
		if (!isLive || version === undefined) return;
		const ending = new AbortController();
		ask<PodDetail>("GET", podPath(uid), undefined, ending.signal).then(setAnswer, () => undefined);
		return () => ending.abort();
	}, [uid, version, isLive]);
	return answer;
}
