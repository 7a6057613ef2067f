// Listens to what the page sends to the loudspeaker and to what it takes from the microphone:
// every 10 ms a row of [ms, loudspeaker, microphone], each the peak of the last 20 ms.
(() => {
  const rows = [];
  const taps = { out: [], in: [] };
  const connect = AudioNode.prototype.connect;
  const tap = (node, list) => {
    const analyser = new AnalyserNode(node.context, { fftSize: 512 });
    connect.call(node, analyser);
    list.push(analyser);
  };
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) tap(this, taps.out);
    if (this instanceof MediaStreamAudioSourceNode && !this.isOfRoom) tap(this, taps.in);
    return connect.call(this, target, ...rest);
  };
  const peak = (list) => {
    let most = 0;
    for (const analyser of list) {
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      for (const sample of samples) most = Math.max(most, Math.abs(sample));
    }
    return most;
  };
  setInterval(() => rows.push([performance.now(), peak(taps.out), peak(taps.in)]), 10);
  window.ears = rows;
  // How far this machine is behind just now, so that a bound holds on a loaded one too: the
  // longest time between two rows that should be 10 ms apart, and the slowest of the round trips
  // to the server that `window.probe()` begins.
  const trips = [];
  window.probe = () =>
    setInterval(async () => {
      const begun = performance.now();
      await fetch("/health/live").catch(() => undefined);
      trips.push([begun, performance.now() - begun]);
    }, 100);
  window.stalledMs = (fromMs, toMs) => {
    const at = rows.map((row) => row[0]).filter((ms) => ms >= fromMs - 100 && ms <= toMs);
    const gaps = at.slice(1).map((ms, i) => ms - at[i]);
    const near = trips.filter(([ms]) => ms >= fromMs - 500 && ms <= toMs).map(([, took]) => took);
    return { page: Math.max(0, ...gaps), trip: Math.max(0, ...near) };
  };
})();
