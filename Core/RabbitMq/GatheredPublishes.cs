using Switchboard.Core.Jobs;

namespace Switchboard.Core.RabbitMq;

/// <summary>
/// What waits to be published over one channel, and what was written and is not confirmed. Of each queue a few messages are under way at
/// once; jobs that come meanwhile wait and go together into the next one. So nobody waits where nothing is under way, and under load a
/// message carries as many jobs as came while the broker was busy. Filled by many callers, written by one writer, confirmed by one reader.
/// </summary>
internal sealed class GatheredPublishes
{
    /// <summary>How many messages of a queue are under way: with one, the broker would be idle while its confirm travels.</summary>
    public const int MaxUnderWay = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<JobQueue, Waiting> _queues = [];
    private readonly Dictionary<ulong, Envelope> _unconfirmed = [];
    private ulong _next = 1;
    private ulong _lowest = 1;
    private Exception? _closed;

    /// <summary>How many messages the broker has not answered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _unconfirmed.Count;
        }
    }

    /// <summary>Takes in what one caller wants published.</summary>
    public void Add(PublishBatch batch)
    {
        lock (_gate)
        {
            if (_closed is { } reason)
            {
                batch.Fail(reason);
                return;
            }

            foreach (var message in batch.Messages)
            {
                if (!_queues.TryGetValue(message.Queue, out var waiting))
                    _queues.Add(message.Queue, waiting = new());
                waiting.Jobs.Enqueue(new(message, batch));
            }
        }
    }

    /// <summary>The next message to be written, which counts as under way from now; null when there is none.</summary>
    public Envelope? Take()
    {
        lock (_gate)
        {
            foreach (var (queue, waiting) in _queues)
            {
                if (waiting.UnderWay < MaxUnderWay && Gather(waiting.Jobs) is { Count: > 0 } jobs)
                {
                    waiting.UnderWay++;
                    var envelope = new Envelope(queue, jobs);
                    _unconfirmed.Add(_next++, envelope);
                    return envelope;
                }
            }

            return null;
        }
    }

    /// <summary>Its caller has given up: an answer may never come, and what waits for one must hold up nobody else.</summary>
    public void Forget(PublishBatch batch, Exception reason)
    {
        lock (_gate)
        {
            batch.Fail(reason);
            _ = batch.Answered.Exception;
            foreach (var (number, envelope) in _unconfirmed.Where(sent => sent.Value.Jobs.All(job => job.Batch.IsAnswered)).ToArray())
                Remove(number, envelope);
        }
    }

    /// <summary>The broker has it on disk; one number may stand for all up to it.</summary>
    public void Confirm(ulong number, bool multiple) => Answer(number, multiple, static batch => batch.Confirm());

    /// <summary>The broker has lost or refused it.</summary>
    public void Refuse(ulong number, bool multiple) =>
        Answer(number, multiple, static batch => batch.Fail(new IOException("The broker refused a message.")));

    /// <summary>No answer will come any more, and nothing more is taken.</summary>
    public void Close(Exception reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            foreach (var job in _unconfirmed.Values.SelectMany(envelope => envelope.Jobs).Concat(_queues.Values.SelectMany(queue => queue.Jobs)))
                job.Batch.Fail(_closed);
            _unconfirmed.Clear();
            _queues.Clear();
        }
    }

    private static List<WaitingJob> Gather(Queue<WaitingJob> waiting)
    {
        var (jobs, bytes) = (new List<WaitingJob>(), 0);
        while (jobs.Count < JobEnvelope.MaxJobs && waiting.TryPeek(out var job))
        {
            // nobody waits for it any more, and it may come again by another way
            if (job.Batch.IsAnswered)
            {
                waiting.Dequeue();
                continue;
            }

            bytes += job.Message.Body.Length;
            if (jobs.Count > 0 && (bytes > JobEnvelope.MaxBytes || job.Message.IsAlone || jobs[0].Message.IsAlone))
                break;
            jobs.Add(waiting.Dequeue());
        }

        return jobs;
    }

    private void Answer(ulong number, bool multiple, Action<PublishBatch> answer)
    {
        lock (_gate)
        {
            if (!multiple)
                AnswerOne(number, answer);
            else
                for (; _lowest <= number; _lowest++)
                    AnswerOne(_lowest, answer);
        }
    }

    private void AnswerOne(ulong number, Action<PublishBatch> answer)
    {
        if (!_unconfirmed.TryGetValue(number, out var envelope))
            return;
        Remove(number, envelope);
        foreach (var job in envelope.Jobs)
            answer(job.Batch);
    }

    private void Remove(ulong number, Envelope envelope)
    {
        _unconfirmed.Remove(number);
        _queues[envelope.Queue].UnderWay--;
    }

    /// <summary>A job and the caller who waits for it.</summary>
    internal readonly record struct WaitingJob(JobMessage Message, PublishBatch Batch);

    /// <summary>The jobs of one message.</summary>
    internal sealed record Envelope(JobQueue Queue, IReadOnlyList<WaitingJob> Jobs);

    private sealed class Waiting
    {
        public Queue<WaitingJob> Jobs { get; } = new();

        public int UnderWay { get; set; }
    }
}

/// <summary>Jobs that one caller waits for together: confirmed when each is, failed when one is.</summary>
internal sealed class PublishBatch(IReadOnlyList<JobMessage> messages)
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = messages.Count;

    public IReadOnlyList<JobMessage> Messages => messages;

    public Task Answered => _answered.Task;

    /// <summary>Whether it is decided, one way or the other.</summary>
    public bool IsAnswered => _answered.Task.IsCompleted;

    /// <summary>One more of its jobs is safe.</summary>
    public void Confirm()
    {
        if (Interlocked.Decrement(ref _open) == 0)
            _answered.TrySetResult();
    }

    /// <summary>What was already written may or may not be safe.</summary>
    public void Fail(Exception reason) =>
        _answered.TrySetException(new BrokerUnavailableException($"The broker did not take a job: {reason.Message}", reason));
}
