using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary><c>/_sim/speech</c>: what was asked for.</summary>
internal static class SpeechControl
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 10_000;

    public static void MapSpeechControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/speech");
        group.MapGet("/requests", List);
        group.MapGet("/requests/count", (SpeechRequests requests) => new SpeechRequestCount(requests.Count));
        group.MapDelete("/requests", Clear);
    }

    private static IResult List(SpeechRequests requests, int limit = DefaultLimit) =>
        limit is < 1 or > MostLimit
            ? ControlProblems.Invalid("limit", $"Use 1 to {MostLimit}.")
            : Results.Json(new SpeechRequestList(requests.Last(limit)), SpeechJson.Readable.SpeechRequestList);

    private static IResult Clear(SpeechRequests requests)
    {
        requests.Clear();
        return Results.NoContent();
    }
}

/// <summary>The requests that came last.</summary>
internal sealed class SpeechRequests
{
    private const int Most = 10_000;
    private readonly Lock _lock = new();
    private readonly Queue<SpeechRequest> _requests = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _requests.Count;
            }
        }
    }

    public void Add(SpeechRequest request)
    {
        lock (_lock)
        {
            _requests.Enqueue(request);
            if (_requests.Count > Most)
            {
                _requests.Dequeue();
            }
        }
    }

    /// <summary>The last so many, oldest of them first.</summary>
    public SpeechRequest[] Last(int limit)
    {
        lock (_lock)
        {
            return [.. _requests.Skip(_requests.Count - limit)];
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _requests.Clear();
        }
    }
}

/// <summary>A request of <c>GET /_sim/speech/requests</c>.</summary>
/// <param name="At">When.</param>
/// <param name="Bytes">How much audio.</param>
/// <param name="Format">What it was by its header.</param>
/// <param name="Encoding">What it was said to be; null when the request could not be read.</param>
/// <param name="SampleRateHertz">The rate that was named; 0 for none.</param>
/// <param name="LanguageCode">Which language.</param>
/// <param name="Seconds">How long it lasts.</param>
/// <param name="Transcript">What is said; null for silence.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Error">Why it was refused.</param>
internal sealed record SpeechRequest(
    DateTimeOffset At,
    long Bytes,
    string Format,
    string? Encoding,
    int? SampleRateHertz,
    string? LanguageCode,
    double? Seconds,
    string? Transcript,
    int Status,
    string? Error);

/// <summary>The requests that came last, oldest of them first.</summary>
internal sealed record SpeechRequestList(IReadOnlyList<SpeechRequest> Items);

/// <summary>How many there are.</summary>
internal sealed record SpeechRequestCount(int Count);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SpeechRequestList))]
[JsonSerializable(typeof(SpeechRequestCount))]
internal sealed partial class SpeechJson : JsonSerializerContext
{
    /// <summary>For what people read; the same fields every time.</summary>
    public static SpeechJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
