using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Switchboard.Load.Driving;
using Switchboard.Load.Mail;

namespace Switchboard.Load.Tracked;

/// <summary>Makes the requests of all kinds, goes on from pages that were answered, and looks at some of the answers in full.</summary>
internal sealed class TrackedSource(Uri edge, string key, RequestMix mix, QueryPlan plan, TimeProvider time) : ILoadSource
{
    private const int ReadInFull = 8;
    private const int MostPages = 256;
    private const int MostExamples = 10;
    private static readonly TimeSpan SyncBack = TimeSpan.FromHours(1);

    private readonly AuthenticationHeaderValue _authorization = new("Bearer", key);
    private readonly ConcurrentDictionary<long, TrackedQuery> _asked = new();
    private readonly ConcurrentQueue<(TrackedQuery Query, string Cursor)> _pages = new();
    private readonly ConcurrentQueue<string> _examples = new();
    private long _wrong;

    private static ReadOnlySpan<byte> CursorField => "\"nextCursor\":\""u8;

    /// <summary>None is used: only syncs have a body.</summary>
    public int MaxBodyLength => 0;

    /// <summary>Lists in which there was something that was not asked for.</summary>
    public long Wrong => Interlocked.Read(ref _wrong);

    /// <summary>Some of what is wrong, for the one who reads it.</summary>
    public IEnumerable<string> Examples => _examples;

    public HttpRequestMessage Build(long number, byte[] buffer)
    {
        var request = mix.Of(number) switch
        {
            RequestKind.Tracked => new HttpRequestMessage(HttpMethod.Get, new Uri(edge, ListOf(number))),
            RequestKind.Analytics => new HttpRequestMessage(HttpMethod.Get, new Uri(edge, plan.AnalyticsOf(number))),
            _ => new HttpRequestMessage(HttpMethod.Post, new Uri(edge, "/api/emails/sync"))
            {
                Content = JsonContent.Create(new SyncBody(plan.SyncOf(number), time.GetUtcNow() - SyncBack), TrackedJson.Default.SyncBody),
            },
        };
        request.Headers.Authorization = _authorization;
        return request;
    }

    public bool Accepts(long number, HttpStatusCode status) =>
        (int)status is >= 200 and < 300 || (status == HttpStatusCode.Conflict && mix.Of(number) == RequestKind.Sync);

    public void Check(long number, ReadOnlySpan<byte> answer)
    {
        if (!_asked.TryRemove(number, out var query))
        {
            return;
        }

        if (query.Page is null && CursorIn(answer) is { } cursor)
        {
            _pages.Enqueue((query, cursor));
            if (_pages.Count > MostPages)
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
        var (query, cursor) = plan.GoesOn(number) && _pages.TryDequeue(out var page) ? (page.Query, page.Cursor) : (plan.TrackedOf(number), null);
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

        var text = answer[(at + CursorField.Length - 1)..];
        var reader = new Utf8JsonReader(text, isFinalBlock: false, state: default);
        return reader.Read() ? reader.GetString() : null;
    }

    private void CheckItems(TrackedQuery query, ReadOnlySpan<byte> answer)
    {
        string? mistake;
        try
        {
            mistake = query.Mistake(JsonSerializer.Deserialize(answer, MailJson.Default.TrackedPage)!.Items);
        }
        catch (JsonException e)
        {
            mistake = $"is not a page: {e.Message}";
        }

        if (mistake is not null)
        {
            Interlocked.Increment(ref _wrong);
            if (_examples.Count < MostExamples)
            {
                _examples.Enqueue($"{query.Path()} {mistake}");
            }
        }
    }
}
