using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Speech;

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
