// Announces to this browser's other tabs who is signed in: session.js in an open form listens.
const { person } = document.body.dataset;
if (person) new BroadcastChannel("desk:person").postMessage(person);
