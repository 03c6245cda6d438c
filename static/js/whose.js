// Tells the other tabs of this browser who is signed in here now: session.js in an open form goes by it.
const { person } = document.body.dataset;
if (person) new BroadcastChannel("desk:person").postMessage(person);
