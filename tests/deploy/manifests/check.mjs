// node check.mjs FILE...: are these Kubernetes manifests right, as far as can be told without a cluster?
// Every document becomes a constant of its kind's type for the TypeScript compiler, which finds keys that
// are misspelt or missing, and values of the wrong type; a schema validator would let unknown keys pass.
// Then what the types can't know: that what one object says of another by name is there.
import fs from 'fs';
import ts from 'typescript';
import YAML from 'yaml';

const problems = [];

function read(file) {
  return YAML.parseAllDocuments(fs.readFileSync(file, 'utf8'), {uniqueKeys: true}).flatMap((document) => {
    for (const error of document.errors) problems.push(`${file}: ${error.message}`);
    const object = document.errors.length ? null : document.toJS();
    return object ? [{object, id: `${file}: ${object.kind}/${object.metadata?.name}`}] : [];
  });
}

function checkTypes(documents) {
  const constants = documents.map(({object}, number) => {
    const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['core', object.apiVersion];
    return `const d${number}: import('kubernetes-types/${group.split('.')[0]}/${version}').${object.kind} = `
        + JSON.stringify(object) + ';';
  });
  fs.writeFileSync('manifests.ts', constants.join('\n'));
  const program = ts.createProgram(['manifests.ts'], {
    noEmit: true, strict: true, skipLibCheck: true, types: [],
    moduleResolution: ts.ModuleResolutionKind.Node10, module: ts.ModuleKind.ESNext,
  });
  for (const {file, start, messageText} of ts.getPreEmitDiagnostics(program)) {
    const line = file ? file.getLineAndCharacterOfPosition(start).line : 0;
    problems.push(`${documents[line].id}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`);
  }
}

const podOf = ({object}) => object.spec?.template;
const matches = (selector, labels) => Object.entries(selector).every(([key, value]) => labels?.[key] === value);

// Volumes that containers mount, ports that probes ask, claims that volumes name.
function checkPod(document, documents) {
  const pod = podOf(document);
  const fail = (text) => problems.push(`${document.id}: ${text}`);
  const volumes = pod.spec.volumes ?? [];
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  for (const container of containers) {
    for (const {name} of container.volumeMounts ?? [])
      if (!volumes.some((volume) => volume.name === name)) fail(`${container.name} mounts '${name}', which is no volume`);
    for (const probe of [container.readinessProbe, container.livenessProbe].filter(Boolean)) {
      const port = (probe.httpGet ?? probe.tcpSocket).port;
      if (!(container.ports ?? []).some((one) => one.name === port)) fail(`a probe asks port '${port}', which is none`);
    }
    const {allowPrivilegeEscalation, readOnlyRootFilesystem, capabilities} = container.securityContext ?? {};
    if (allowPrivilegeEscalation !== false || !readOnlyRootFilesystem || capabilities?.drop?.[0] !== 'ALL')
      fail(`${container.name} may do more than it needs`);
    if (!container.resources?.limits?.memory) fail(`${container.name} has no limit of memory`);
  }
  if (!pod.spec.securityContext?.runAsNonRoot) fail('it may run as root');
  for (const {persistentVolumeClaim: claim} of volumes.filter((volume) => volume.persistentVolumeClaim))
    if (!documents.some(({object}) => object.kind === 'PersistentVolumeClaim' && object.metadata.name === claim.claimName))
      fail(`there is no PersistentVolumeClaim '${claim.claimName}'`);
  for (const rule of document.object.spec.podFailurePolicy?.rules ?? [])
    if (rule.onExitCodes && !containers.some(({name}) => name === rule.onExitCodes.containerName))
      fail(`there is no container '${rule.onExitCodes.containerName}'`);
}

function checkSelectors(documents) {
  const templates = documents.map(podOf).filter(Boolean);
  for (const {object, id} of documents) {
    const policies = [...(object.spec?.ingress ?? []).flatMap((rule) => rule.from ?? []),
      ...(object.spec?.egress ?? []).flatMap((rule) => rule.to ?? [])];
    const selectors = object.kind === 'Service' ? [object.spec.selector]
      : object.kind === 'NetworkPolicy' ? [object.spec, ...policies].map((peer) => peer.podSelector.matchLabels)
      : object.kind === 'Deployment' ? [object.spec.selector.matchLabels] : [];
    for (const selector of selectors)
      if (!templates.some((template) => matches(selector, template.metadata.labels)))
        problems.push(`${id}: no pod has the labels ${JSON.stringify(selector)}`);
  }
}

// A master finds its workers by the Service's name, which must select what listens on its port.
function checkHosts(documents) {
  const services = documents.filter(({object}) => object.kind === 'Service').map(({object}) => object.metadata.name);
  for (const document of documents.filter(podOf))
    for (const container of podOf(document).spec.containers)
      for (const argument of container.args ?? []) {
        const name = /^--hosts=dns:([^:]*)/.exec(argument)?.[1];
        if (name && !services.includes(name)) problems.push(`${document.id}: there is no Service '${name}'`);
      }
}

const documents = process.argv.slice(2).flatMap(read);
checkTypes(documents);
for (const document of documents.filter(podOf)) checkPod(document, documents);
checkSelectors(documents);
checkHosts(documents);
for (const problem of problems) console.log(problem);
if (problems.length === 0) for (const {id} of documents) console.log(`right: ${id}`);
process.exit(problems.length || documents.length === 0 ? 1 : 0);
