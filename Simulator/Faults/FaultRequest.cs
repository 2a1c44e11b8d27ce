using System.Text.Json;

namespace Switchboard.Simulator.Faults;

/// <summary>The body of <c>POST /_sim/faults</c>.</summary>
/// <param name="Provider">gmail, google-oauth, whatsapp, twilio, twilio-media, speech, graph or microsoft.</param>
/// <param name="Status">The HTTP status; without it the one that belongs to <paramref name="Code"/>, or 500.</param>
/// <param name="Rate">The share of requests that fail, over 0 to 1.</param>
/// <param name="LatencyMs">How long the answer takes; alone it only makes the provider slow.</param>
/// <param name="Count">How many requests fail; without it all until the faults are deleted.</param>
/// <param name="Code">The provider's error code: a number for WhatsApp (131026) and Twilio (21610), a reason for Gmail
/// (rateLimitExceeded), a code for Graph (ErrorServerBusy), an error for Google's and Microsoft's OAuth (invalid_grant), a status
/// for Speech (RESOURCE_EXHAUSTED).</param>
/// <param name="RetryAfterSeconds">The header <c>Retry-After</c>.</param>
/// <param name="Mode">error, delay, timeout, reset or accept-then-reset.</param>
internal sealed record FaultRequest(
    string? Provider,
    int? Status = null,
    double? Rate = null,
    int? LatencyMs = null,
    int? Count = null,
    JsonElement? Code = null,
    int? RetryAfterSeconds = null,
    string? Mode = null)
{
    /// <summary>The fields that are not as they should be, each with what to do.</summary>
    public Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>();
        Check("provider", Provider is not null && Providers.All.Contains(Provider), $"Name one of {string.Join(", ", Providers.All)}.");
        Check("status", Status is null or (>= 400 and <= 599), "Use a status from 400 to 599.");
        Check("rate", Rate is null or (> 0 and <= 1), "Use a share over 0 and up to 1; DELETE /_sim/faults ends faults.");
        Check("latencyMs", LatencyMs is null or (>= 0 and <= 600_000), "Use 0 to 600000 milliseconds.");
        Check("count", Count is null or > 0, "Use 1 or more, or leave it out for all requests until DELETE /_sim/faults.");
        Check("code", Code is null || CodeText is not null, "Use the provider's code, a number or a string.");
        Check(
            "code",
            !Providers.HasNumbers(Provider) || CodeText is null || int.TryParse(CodeText, out _),
            "The codes of WhatsApp and Twilio are numbers: 131026, 21610.");
        Check("retryAfterSeconds", RetryAfterSeconds is null or >= 0, "Use 0 or more seconds.");
        Check("mode", Mode is null || FaultModes.Parse(Mode) is not null, $"Use one of {string.Join(", ", FaultModes.Names)}.");
        return errors;

        void Check(string field, bool isRight, string whatToDo)
        {
            if (!isRight)
            {
                errors[field] = [whatToDo];
            }
        }
    }

    public Fault ToFault(int id) => new(id, Provider!, FaultMode(), Rate ?? 1, Count)
    {
        Status = Status,
        Code = CodeText,
        Latency = TimeSpan.FromMilliseconds(LatencyMs ?? 0),
        RetryAfterSeconds = RetryAfterSeconds,
    };

    private string? CodeText => Code?.ValueKind is JsonValueKind.Number or JsonValueKind.String ? Code.Value.ToString() : null;

    private FaultMode FaultMode() =>
        Mode is not null ? FaultModes.Parse(Mode)!.Value
        : LatencyMs > 0 && Status is null && Code is null ? Faults.FaultMode.Delay
        : Faults.FaultMode.Error;
}
