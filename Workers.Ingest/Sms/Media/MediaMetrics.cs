using System.Diagnostics.Metrics;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>What is counted of media, in the meter <c>Switchboard.Ingest</c>.</summary>
internal sealed class MediaMetrics
{
    private readonly Counter<long> _downloads;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _transcriptions;
    private readonly Counter<long> _items;

    public MediaMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Switchboard.Ingest");
        _downloads = meter.CreateCounter<long>(
            "switchboard.media.downloads", "{download}", "Files asked for; result: completed, refused, failed, timed_out.");
        _bytes = meter.CreateCounter<long>("switchboard.media.bytes", "By", "Bytes of files that arrived.");
        _duration = meter.CreateHistogram<double>("switchboard.media.download.duration", "s", "How long downloads took; result as of downloads.");
        _transcriptions = meter.CreateCounter<long>(
            "switchboard.media.transcriptions", "{transcription}", "Audio; result: recognised, nothing, unsupported, failed.");
        _items = meter.CreateCounter<long>("switchboard.media.items", "{item}", "Tries to enrich an item; status: completed, failed, pending, gone.");
    }

    public void Downloaded(string result, long bytes, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>("result", result);
        _downloads.Add(1, tag);
        _duration.Record(took.TotalSeconds, tag);
        if (bytes > 0)
            _bytes.Add(bytes);
    }

    public void Transcribed(string result) => _transcriptions.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Settled(string status) => _items.Add(1, new KeyValuePair<string, object?>("status", status));
}
