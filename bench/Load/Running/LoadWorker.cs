using System.Net;
using Switchboard.Load.Reporting;

namespace Switchboard.Load.Running;

/// <summary>
/// One connection's worth of load. A request that was not accepted is sent again, as a provider does: after <c>Retry-After</c>,
/// or a short delay. A request that is not accepted when the time is up is neither accepted nor counted as lost.
/// </summary>
internal sealed class LoadWorker(HttpMessageInvoker http, ILoadSource source, LoadClock clock, TimeSpan duration)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private readonly byte[] _buffer = new byte[source.MaxBodyLength];

    public LoadResult Result { get; } = new();

    /// <returns>Whether it was accepted.</returns>
    public async Task<bool> SendAsync(long number, TimeSpan due, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (status, wait) = await TryAsync(number, cancellationToken);
            if (status is { } answered)
            {
                var latency = clock.Elapsed - due;
                Result.Latency.Record(latency);
                Result.Accepted.Add(new AcceptedRequest(number, clock.At(due), latency, answered));
                return true;
            }

            if (clock.Elapsed + wait >= duration)
            {
                return false;
            }

            await clock.DelayAsync(wait, cancellationToken);
        }
    }

    /// <returns>What it was accepted with, or null and how long to wait before the next try.</returns>
    private async Task<(HttpStatusCode? Accepted, TimeSpan Wait)> TryAsync(long number, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            using var request = source.Build(number, _buffer);
            using var response = await http.SendAsync(request, timeout.Token);
            var answer = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            if (!source.Accepts(number, response.StatusCode))
            {
                return (null, CountRejection(response));
            }

            source.Check(number, response, answer);
            return (response.StatusCode, TimeSpan.Zero);
        }
        catch (HttpRequestException e)
        {
            return (null, CountError(e.Message));
        }
        catch (IOException e)
        {
            return (null, CountError(e.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, CountError("No answer within 30 s."));
        }
    }

    private TimeSpan CountRejection(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
        {
            return CountError($"Status {(int)response.StatusCode}.");
        }

        Result.Rejected++;
        return response.Headers.RetryAfter?.Delta ?? RetryDelay;
    }

    private TimeSpan CountError(string error)
    {
        Result.Errors++;
        Result.LastError = error;
        return RetryDelay;
    }
}

/// <summary>The outcome of the requests.</summary>
internal sealed class LoadResult
{
    /// <summary>The requests that were answered with 2xx, or what else their source takes for an answer.</summary>
    public List<AcceptedRequest> Accepted { get; } = [];

    /// <summary>From when they were to be sent to the answer.</summary>
    public LatencyRecorder Latency { get; } = new();

    /// <summary>Answers of 429 and 503: the server asked to wait.</summary>
    public long Rejected { get; set; }

    /// <summary>Any other failure: a broken connection, another status.</summary>
    public long Errors { get; set; }

    /// <summary>The last of these failures.</summary>
    public string? LastError { get; set; }

    /// <summary>How long it took, from the first request to the last answer.</summary>
    public TimeSpan Elapsed { get; set; }

    public void Merge(LoadResult other)
    {
        Accepted.AddRange(other.Accepted);
        Latency.Merge(other.Latency);
        Rejected += other.Rejected;
        Errors += other.Errors;
        LastError ??= other.LastError;
    }
}

/// <summary>A request that was accepted.</summary>
/// <param name="Number">Which one.</param>
/// <param name="StartedAt">When it was to be sent.</param>
/// <param name="Latency">From then to the answer.</param>
/// <param name="Status">What it was answered with.</param>
internal readonly record struct AcceptedRequest(long Number, DateTimeOffset StartedAt, TimeSpan Latency, HttpStatusCode Status);
