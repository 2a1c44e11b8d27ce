using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Switchboard.Load.Api;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.TrackedApi;

/// <summary>Makes the requests of all kinds, continues from pages that were answered, and checks some of the answers in full.</summary>
internal sealed class TrackedSource(Uri edge, string key, RequestMix mix, QueryPlan plan, TimeProvider timeProvider) : ILoadSource
{
    private const int ReadInFull = 8;
    private const int MaxPages = 256;
    private const int MaxExamples = 10;
    private static readonly TimeSpan SyncBack = TimeSpan.FromHours(1);

    private readonly AuthenticationHeaderValue _authorization = new("Bearer", key);
    private readonly ConcurrentDictionary<long, TrackedQuery> _asked = new();
    private readonly ConcurrentQueue<(TrackedQuery Query, string Cursor)> _pages = new();
    private readonly ConcurrentQueue<string> _examples = new();
    private long _wrong;

    private static ReadOnlySpan<byte> CursorField => "\"nextCursor\":\""u8;

    /// <summary>No buffer is used: only syncs have a body.</summary>
    public int MaxBodyLength => 0;

    /// <summary>Lists in which there was something that was not asked for.</summary>
    public long Wrong => Interlocked.Read(ref _wrong);

    /// <summary>Examples of what is wrong.</summary>
    public IEnumerable<string> Examples => _examples;

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var request = (RequestKind)mix.Of(number) switch
        {
            RequestKind.Tracked => new HttpRequestMessage(HttpMethod.Get, new Uri(edge, ListOf(number))),
            RequestKind.Analytics => new HttpRequestMessage(HttpMethod.Get, new Uri(edge, plan.AnalyticsOf(number))),
            _ => new HttpRequestMessage(HttpMethod.Post, new Uri(edge, "/api/emails/sync"))
            {
                Content = JsonContent.Create(
                    new SyncBody(plan.SyncOf(number), timeProvider.GetUtcNow() - SyncBack), TrackedJson.Default.SyncBody),
            },
        };
        request.Headers.Authorization = _authorization;
        return request;
    }

    public bool Accepts(long number, HttpStatusCode status) =>
        (int)status is >= 200 and < 300 || (status == HttpStatusCode.Conflict && mix.Of(number) == (int)RequestKind.Sync);

    public void Check(long number, HttpResponseMessage response, ReadOnlySpan<byte> answer)
    {
        if (!_asked.TryRemove(number, out var query))
        {
            return;
        }

        if (query.Page is null && CursorIn(answer) is { } cursor)
        {
            _pages.Enqueue((query, cursor));
            if (_pages.Count > MaxPages)
            {
                _pages.TryDequeue(out _);
            }
        }

        if (number % ReadInFull == 0)
        {
            CheckItems(query, answer);
        }
    }

    private string ListOf(long number)
    {
        var (query, cursor) = plan.IsNextPage(number) && _pages.TryDequeue(out var page)
            ? (page.Query, page.Cursor)
            : (plan.TrackedOf(number), null);
        _asked[number] = query;
        return query.Path(cursor);
    }

    private static string? CursorIn(ReadOnlySpan<byte> answer)
    {
        var at = answer.LastIndexOf(CursorField);
        if (at < 0)
        {
            return null;
        }

        var json = answer[(at + CursorField.Length - 1)..];
        var reader = new Utf8JsonReader(json, isFinalBlock: false, state: default);
        return reader.Read() ? reader.GetString() : null;
    }

    private void CheckItems(TrackedQuery query, ReadOnlySpan<byte> answer)
    {
        string? error;
        try
        {
            error = query.FindError(JsonSerializer.Deserialize(answer, TrackedEmailJson.Default.TrackedEmailPage)!.Items);
        }
        catch (JsonException e)
        {
            error = $"is not a page: {e.Message}";
        }

        if (error is not null)
        {
            Interlocked.Increment(ref _wrong);
            if (_examples.Count < MaxExamples)
            {
                _examples.Enqueue($"{query.Path()} {error}");
            }
        }
    }
}

/// <summary>The kinds of requests.</summary>
internal enum RequestKind
{
    /// <summary>A list of tracked mails.</summary>
    Tracked,

    /// <summary>Analytics over them.</summary>
    Analytics,

    /// <summary>The start of a sync.</summary>
    Sync,
}

internal sealed record SyncBody(Guid AccountId, DateTimeOffset Since);
