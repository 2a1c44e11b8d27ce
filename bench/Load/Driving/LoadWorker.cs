using System.Net;

namespace Switchboard.Load.Driving;

/// <summary>
/// One connection's worth of load. A request that was not accepted is sent again, as one who must not lose anything does: after
/// <c>Retry-After</c>, or a moment. What is not accepted when the time is up stays undecided.
/// </summary>
internal sealed class LoadWorker(HttpMessageInvoker http, ILoadSource source, LoadClock clock, TimeSpan duration)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private readonly byte[] _buffer = new byte[source.MaxBodyLength];

    public LoadResult Result { get; } = new();

    /// <returns>Whether it was accepted.</returns>
    public async Task<bool> SendAsync(long number, TimeSpan due, CancellationToken cancellation)
    {
        while (true)
        {
            var (status, wait) = await TryAsync(number, cancellation);
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

            await clock.DelayAsync(wait, cancellation);
        }
    }

    /// <returns>What it was accepted with, or null and how long to wait before the next try.</returns>
    private async Task<(HttpStatusCode? Accepted, TimeSpan Wait)> TryAsync(long number, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            using var request = source.Build(number, _buffer);
            using var response = await http.SendAsync(request, timeout.Token);
            var answer = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            if (!source.Accepts(number, response.StatusCode))
            {
                return (null, Note(response));
            }

            source.Check(number, answer);
            return (response.StatusCode, TimeSpan.Zero);
        }
        catch (HttpRequestException e)
        {
            return (null, NoteError(e.Message));
        }
        catch (IOException e)
        {
            return (null, NoteError(e.Message));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, NoteError("No answer within 30 s."));
        }
    }

    private TimeSpan Note(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
        {
            return NoteError($"Status {(int)response.StatusCode}.");
        }

        Result.Rejected++;
        return response.Headers.RetryAfter?.Delta ?? Moment;
    }

    private TimeSpan NoteError(string error)
    {
        Result.Errors++;
        Result.LastError = error;
        return Moment;
    }
}
