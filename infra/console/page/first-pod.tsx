/** What to do where there is nothing to see. */
export const FirstPod = ({ onLaunch }: Readonly<{ onLaunch(): void }>) => (
	<section class="empty">
		<h2>No pod yet</h2>
		<p>Nothing runs, and nothing costs anything. Launch the first pod from here:</p>
		<p>
			<button type="button" class="main-button" onClick={onLaunch}>
				Launch a pod
			</button>
		</p>
		<p>or from a terminal, in the folder in which the stack was started:</p>
		<pre>npx cellwright launch -f examples/pods/web-small.yaml</pre>
	</section>
);
