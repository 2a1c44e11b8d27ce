using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Simulator.Control;

/// <summary><c>/_sim/faults</c>: makes a provider fail.</summary>
internal static class FaultEndpoints
{
    public static IServiceCollection AddFaults(this IServiceCollection services) =>
        services.AddSingleton<FaultList>()
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, FaultJson.Default));

    public static void UseFaults(this WebApplication app) => app.UseMiddleware<FaultMiddleware>();

    public static void MapFaultControl(this WebApplication app)
    {
        var group = app.MapGroup("/_sim/faults");
        group.MapPost("", Add);
        group.MapGet("", (FaultList faults) => faults.All.Select(FaultView.Of).ToArray());
        group.MapDelete("", Clear);
    }

    private static IResult Add(FaultRequest request, FaultList faults)
    {
        if (request.Errors() is { Count: > 0 } errors)
        {
            return Results.ValidationProblem(errors, title: "No fault was set.");
        }

        var fault = request.ToFault(faults.NextId());
        faults.Add(fault);
        return Results.Created("/_sim/faults", FaultView.Of(fault));
    }

    private static IResult Clear(FaultList faults, string? provider = null)
    {
        faults.Clear(provider);
        return Results.NoContent();
    }
}

/// <summary>The body of <c>POST /_sim/faults</c>.</summary>
/// <param name="Provider">gmail, google-oauth, whatsapp, twilio, twilio-media, speech, graph, microsoft, smtp, fcm, fcm-oauth, apns,
/// web-push, slack, discord, teams, instagram, facebook, x, linkedin, mastodon, bluesky, or the name of a social platform with
/// <c>-oauth</c> for where its tokens are to be had.</param>
/// <param name="Status">The HTTP status, of smtp the number of the reply; without it the one that belongs to <paramref name="Code"/>, or
/// 500.</param>
/// <param name="Rate">The share of requests that fail, over 0 to 1.</param>
/// <param name="LatencyMs">How long the answer takes; alone it only makes the provider slow.</param>
/// <param name="Count">How many requests fail; without it all until the faults are deleted.</param>
/// <param name="Code">The provider's error code: a number for WhatsApp (131026) and Twilio (21610), a reason for Gmail
/// (rateLimitExceeded), a code for Graph (ErrorServerBusy), an error for Google's and Microsoft's OAuth (invalid_grant), a status
/// for Speech (RESOURCE_EXHAUSTED), a code and subcode for Instagram and Facebook (9/2207042), what follows the number of a reply for smtp
/// (5.1.1).</param>
/// <param name="RetryAfterSeconds">The header <c>Retry-After</c>.</param>
/// <param name="Mode">error, delay, timeout, reset or accept-then-reset.</param>
/// <param name="Containing">Only requests that have this in their address or body, such as a phone's digits, for smtp in
/// <c>RCPT TO:&lt;address&gt;</c>; without it all.</param>
/// <param name="Lost">Whether the answers of requests that make something, such as a post, get lost: the mode accept-then-reset for these
/// alone.</param>
internal sealed record FaultRequest(
    string? Provider,
    int? Status = null,
    double? Rate = null,
    int? LatencyMs = null,
    int? Count = null,
    JsonElement? Code = null,
    int? RetryAfterSeconds = null,
    string? Mode = null,
    string? Containing = null,
    bool? Lost = null)
{
    public FieldErrors Errors()
    {
        var errors = new FieldErrors();
        errors.Check("provider", Provider is not null && Providers.All.Contains(Provider),
            $"Name one of {string.Join(", ", Providers.All)}.");
        errors.Check("status", Status is null or (>= 400 and <= 599), "Use a status from 400 to 599.");
        errors.Check("rate", Rate is null or (> 0 and <= 1), "Use a share over 0 and up to 1; DELETE /_sim/faults ends faults.");
        errors.Check("latencyMs", LatencyMs is null or (>= 0 and <= 600_000), "Use 0 to 600000 milliseconds.");
        errors.Check("count", Count is null or > 0, "Use 1 or more, or leave it out for all requests until DELETE /_sim/faults.");
        errors.Check("code", Code is null || CodeText is not null, "Use the provider's code, a number or a string.");
        errors.Check(
            "code",
            !Providers.HasNumbers(Provider) || CodeText is null || int.TryParse(CodeText, out _),
            "The codes of WhatsApp and Twilio are numbers: 131026, 21610.");
        errors.Check("retryAfterSeconds", RetryAfterSeconds is null or >= 0, "Use 0 or more seconds.");
        errors.Check("mode", Mode is null || FaultModes.Parse(Mode) is not null, $"Use one of {string.Join(", ", FaultModes.Names)}.");
        errors.Check("lost", Lost != true || Mode is null or "accept-then-reset", "Leave the mode out: what gets lost is done.");
        errors.Check("containing", Containing is not "", "Say what the requests contain, or leave it out for all.");
        return errors;
    }

    public Fault ToFault(int id) => new(id, Provider!, ModeOrDefault, Rate ?? 1, Count)
    {
        Status = Status,
        Code = CodeText,
        Latency = TimeSpan.FromMilliseconds(LatencyMs ?? 0),
        RetryAfterSeconds = RetryAfterSeconds,
        Containing = Containing,
        OnlyWhatIsMade = Lost == true,
    };

    private string? CodeText => Code?.ValueKind is JsonValueKind.Number or JsonValueKind.String ? Code.Value.ToString() : null;

    private FaultMode ModeOrDefault =>
        Lost == true ? FaultMode.AcceptThenReset
        : Mode is not null ? FaultModes.Parse(Mode)!.Value
        : LatencyMs > 0 && Status is null && Code is null ? FaultMode.Delay
        : FaultMode.Error;
}

/// <summary>
/// A fault in the answers of control calls. <c>left</c>: how many requests it still strikes, null for all until it is deleted;
/// <c>hits</c>: how many it struck.
/// </summary>
internal sealed record FaultView(
    int Id, string Provider, string Mode, int? Status, string? Code, double Rate, int LatencyMs, int? RetryAfterSeconds,
    string? Containing, bool Lost, int? Left, int Hits)
{
    public static FaultView Of(Fault fault) => new(
        fault.Id,
        fault.Provider,
        fault.Mode.Name(),
        fault.Status,
        fault.Code,
        fault.Rate,
        (int)fault.Latency.TotalMilliseconds,
        fault.RetryAfterSeconds,
        fault.Containing,
        fault.OnlyWhatIsMade,
        fault.Left,
        fault.Hits);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(FaultView))]
[JsonSerializable(typeof(FaultView[]))]
internal sealed partial class FaultJson : JsonSerializerContext;
