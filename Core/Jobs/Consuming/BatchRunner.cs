using System.Diagnostics;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>
/// Runs a batch and settles it: the rows of what failed are on disk, and what belongs to another worker is confirmed in its queue,
/// before anything is acknowledged.
/// While a dependency is unavailable the batch stays here and is tried again; when its channel is lost it is dropped, because it comes
/// again.
/// </summary>
internal sealed partial class BatchRunner(
    IServiceScopeFactory scopes,
    SettlementWriter writer,
    DependencyWait dependency,
    JobCounters counters,
    TimeProvider timeProvider,
    ILogger<BatchRunner> logger)
{
    public async Task RunAsync(JobBatch batch, CancellationToken abort)
    {
        var settlements = new List<SettledJob>(batch.Jobs.Count);
        var decoded = Decode(batch, settlements);
        var type = batch.TypeName;
        counters.Taken(type, batch.Source.Queue, batch.Jobs.Count);
        try
        {
            if (decoded.Count > 0)
            {
                // what is done for the whole batch shows in one of its traces: of the jobs whose trace is recorded, the first
                Activity.Current = decoded.Select(job => job.Activity).OrderByDescending(span => span?.Recorded).FirstOrDefault();
                var outcomes = await HandleAsync(batch.Handled!, decoded, abort);
                Settle(batch.Handled!.Type, decoded, outcomes, settlements);
            }

            DependencyWait.ThrowIfLost(batch.Source);
            await writer.WriteAsync(settlements, batch.Source, abort);
            batch.Source.Settle(batch.Jobs);
            counters.Settled(type, batch.Source.Queue, settlements, timeProvider.GetUtcNow());
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested || batch.Source.Lost.IsCompleted)
        {
            Log.Dropped(logger, batch.Jobs.Count, type);
        }
        finally
        {
            foreach (var job in decoded)
                job.Activity?.Dispose();
            counters.LetGo(type, batch.Source.Queue, batch.Jobs.Count);
        }
    }

    private List<DecodedJob> Decode(JobBatch batch, List<SettledJob> settlements)
    {
        var decoded = new List<DecodedJob>(batch.Jobs.Count);
        foreach (var received in batch.Jobs)
        {
            if (received.IsTakenOut)
                settlements.Add(new(received.Message, new Settlement.Forward(received.Message with { IsAlone = true })));
            else if (batch.Handled is null && !received.Source.IsDeadLetter && Settlement.Elsewhere(received.Message, timeProvider.GetUtcNow()) is { } elsewhere)
                settlements.Add(new(received.Message, elsewhere));
            else if (TryDecode(batch.Handled, received, out var job) is { } error)
                settlements.Add(new(received.Message, Settlement.Poison(received.Message, error, timeProvider.GetUtcNow())));
            else
                decoded.Add(new(received, job!, JobTelemetry.StartHandling(received.Message)));
        }

        return decoded;
    }

    private static string? TryDecode(HandledJob? handled, ReceivedJob received, out IJob? job)
    {
        job = null;
        if (received.Source.IsDeadLetter)
            return "It came back too often without an answer: whoever took it died, each time.";
        if (handled is null)
            return $"Nobody here serves '{received.Message.Tag}'.";
        try
        {
            job = handled.Codec.Decode(received.Message.Body.Span);
            return null;
        }
#pragma warning disable CA1031 // a record's constructor may throw anything; it is the message that is bad
        catch (Exception reason)
#pragma warning restore CA1031
        {
            return $"Its body is no {handled.Type.Tag}: {reason.Message}";
        }
    }

    private async Task<IReadOnlyList<JobOutcome>> HandleAsync(HandledJob handled, List<DecodedJob> jobs, CancellationToken abort)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await handled.HandleAsync(scopes, jobs, abort);
            }
            catch (OperationCanceledException) when (abort.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception reason) when (DependencyFailure.Is(reason))
            {
                Log.Held(logger, jobs.Count, handled.Type.Name, reason);
                await dependency.WaitAsync(failures, jobs[0].Received.Source, abort);
            }
            catch (Exception reason) when (jobs.Count > 1)
            {
                Log.Split(logger, reason, jobs.Count, handled.Type.Name);
                return await HandleEachAsync(handled, jobs, abort);
            }
#pragma warning disable CA1031 // what a handler throws is a failed attempt of its job, kept with the job
            catch (Exception reason)
#pragma warning restore CA1031
            {
                Log.Failed(logger, reason, jobs[0].Received.Message.Id, handled.Type.Name);
                return [JobOutcome.Retry($"{reason.GetType().Name}: {reason.Message}")];
            }
        }
    }

    // one bad job spoils only itself
    private async Task<IReadOnlyList<JobOutcome>> HandleEachAsync(
        HandledJob handled, List<DecodedJob> jobs, CancellationToken abort)
    {
        var outcomes = new List<JobOutcome>(jobs.Count);
        foreach (var job in jobs)
        {
            Activity.Current = job.Activity;
            outcomes.AddRange(await HandleAsync(handled, [job], abort));
        }

        return outcomes;
    }

    private void Settle(
        JobType type, List<DecodedJob> jobs, IReadOnlyList<JobOutcome> outcomes, List<SettledJob> settlements)
    {
        var now = timeProvider.GetUtcNow();
        for (var i = 0; i < jobs.Count; i++)
        {
            var message = jobs[i].Received.Message;
#pragma warning disable CA5394 // jitter, not a secret
            var settlement = Settlement.Of(outcomes[i], message, type.Backoff, now, Random.Shared.NextDouble());
#pragma warning restore CA5394
            settlements.Add(new(message, settlement));
            if (outcomes[i] is JobOutcome.RetryOutcome or JobOutcome.DeadOutcome)
                jobs[i].Activity?.SetStatus(ActivityStatusCode.Error, Redacted.Of(ErrorOf(outcomes[i])));
        }
    }

    private static string ErrorOf(JobOutcome outcome) => outcome switch
    {
        JobOutcome.RetryOutcome failed => failed.Error,
        JobOutcome.DeadOutcome dead => dead.Error,
        _ => "",
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Hold {Count} of {Type} until a dependency is back: {Reason}")]
        public static partial void Held(ILogger logger, int count, string type, Redacted reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A batch of {Count} of {Type} failed; each is run alone")]
        public static partial void Split(ILogger logger, Exception reason, int count, string type);

        [LoggerMessage(Level = LogLevel.Error, Message = "Job {Id} of {Type} failed")]
        public static partial void Failed(ILogger logger, Exception reason, Guid id, string type);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Dropped {Count} of {Type} that were not settled; they come again")]
        public static partial void Dropped(ILogger logger, int count, string type);
    }
}
