using System.Diagnostics;
using System.Diagnostics.Metrics;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Core.Jobs;

/// <summary>
/// The spans and metrics of jobs, all under <c>Switchboard.Jobs</c>: counters <c>switchboard.jobs.published</c>, <c>.completed</c>,
/// <c>.retried</c>, <c>.postponed</c> and <c>.dead</c>, histograms <c>.duration</c> (s, from enqueued to settled) and <c>.batch_size</c>,
/// and <c>.in_flight</c>; each with <c>job.type</c> and <c>job.lane</c>.
/// </summary>
internal static class JobTelemetry
{
    public const string Name = "Switchboard.Jobs";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter _meter = new(Name);
    private static readonly Counter<long> _published = _meter.CreateCounter<long>("switchboard.jobs.published", "{job}");
    private static readonly Counter<long> _completed = _meter.CreateCounter<long>("switchboard.jobs.completed", "{job}");
    private static readonly Counter<long> _retried = _meter.CreateCounter<long>("switchboard.jobs.retried", "{job}");
    private static readonly Counter<long> _postponed = _meter.CreateCounter<long>("switchboard.jobs.postponed", "{job}");
    private static readonly Counter<long> _dead = _meter.CreateCounter<long>("switchboard.jobs.dead", "{job}");
    private static readonly Histogram<double> _duration = _meter.CreateHistogram<double>("switchboard.jobs.duration", "s");
    private static readonly Histogram<int> _batchSize = _meter.CreateHistogram<int>("switchboard.jobs.batch_size", "{job}");
    private static readonly UpDownCounter<int> _inFlight = _meter.CreateUpDownCounter<int>("switchboard.jobs.in_flight", "{job}");

    /// <summary>A span for each message, or null when nobody listens.</summary>
    public static Activity?[]? StartPublishing(IReadOnlyList<JobMessage> messages)
    {
        if (!Source.HasListeners())
            return null;
        var caller = Activity.Current;
        var spans = new Activity?[messages.Count];
        for (var i = 0; i < spans.Length; i++)
        {
            var message = messages[i];
            Activity.Current = null;
            spans[i] = Start("publish " + message.Type, ActivityKind.Producer, message, "publish");
        }

        Activity.Current = caller;
        return spans;
    }

    public static void Stop(Activity?[]? spans)
    {
        if (spans is null)
            return;
        var caller = Activity.Current;
        foreach (var span in spans)
            span?.Dispose();
        Activity.Current = caller;
    }

    /// <summary>The span of one job in its handler; it becomes the current one.</summary>
    public static Activity? StartHandling(JobMessage message)
    {
        Activity.Current = null;
        return Source.HasListeners() ? Start(message.Type, ActivityKind.Consumer, message, "process") : null;
    }

    public static void Published(IReadOnlyList<JobMessage> messages)
    {
        if (!_published.Enabled)
            return;
        foreach (var message in messages)
            _published.Add(1, Tags(message.Type, message.Queue));
    }

    public static void Taken(string type, JobQueue queue, int count)
    {
        var tags = Tags(type, queue);
        _batchSize.Record(count, tags);
        _inFlight.Add(count, tags);
        // all of them are told from then on: a rate sees no first failure that comes with its counter, and no ratio what has no counterpart
        _completed.Add(0, tags);
        _retried.Add(0, tags);
        _postponed.Add(0, tags);
        _dead.Add(0, tags);
    }

    public static void LetGo(string type, JobQueue queue, int count) => _inFlight.Add(-count, Tags(type, queue));

    public static void Settled(string type, JobQueue queue, Settlement settlement, TimeSpan latency)
    {
        var counter = settlement switch
        {
            Settlement.Done => _completed,
            Settlement.Reschedule { IsRetry: true } => _retried,
            Settlement.Reschedule or Settlement.Forward => _postponed,
            _ => _dead,
        };
        counter.Add(1, Tags(type, queue));
        if (settlement is Settlement.Done)
            _duration.Record(latency.TotalSeconds, Tags(type, queue));
    }

    private static Activity? Start(string name, ActivityKind kind, JobMessage message, string operation)
    {
        ActivityContext.TryParse(message.TraceParent, null, isRemote: kind == ActivityKind.Consumer, out var parent);
        var span = Source.StartActivity(name, kind, parent);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("messaging.system", "rabbitmq");
            span.SetTag("messaging.operation.type", operation);
            span.SetTag("messaging.destination.name", message.Queue.Name);
            span.SetTag("messaging.message.id", message.Id);
            span.SetTag("job.attempt", message.Attempt);
        }

        return span;
    }

    private static TagList Tags(string type, JobQueue queue) => new() { { "job.type", type }, { "job.lane", queue.Name } };
}
