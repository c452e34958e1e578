/** What the form begins with: it fits the smallest types, and may run on a spot instance. */
export const examplePod = `apiVersion: v1
kind: Pod
metadata:
  name: hello
  namespace: shop
  annotations:
    pod.elotl.co/launch-type: spot
spec:
  containers:
    - name: main
      image: nginx
      resources:
        requests:
          cpu: 500m
          memory: 1Gi
`;
