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
    if (this instanceof MediaStreamAudioSourceNode) tap(this, taps.in);
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
})();
