namespace Switchboard.Simulator.Twilio;

/// <summary>How statuses come: the body and the answer of <c>POST /_sim/twilio/statuses</c>; what is left out stays as it is.</summary>
/// <param name="Off">Texts from now on stay as they were taken.</param>
/// <param name="Order"><c>inOrder</c>: one is told after the one before was acknowledged; or <c>shuffled</c>: within 150 ms, whichever
/// comes first.</param>
/// <param name="Duplicate">Each is told twice.</param>
/// <param name="SentDelayMs">After how long a text is sent.</param>
/// <param name="DeliveredDelayMs">After how long it is delivered, or not.</param>
/// <param name="Undelivered">The share of texts, 0 to 1, that are not delivered.</param>
/// <param name="UndeliveredNext">How many of the next texts are not delivered.</param>
/// <param name="ErrorCode">Why they are not.</param>
internal sealed record StatusSettings(
    bool? Off = null,
    string? Order = null,
    bool? Duplicate = null,
    int? SentDelayMs = null,
    int? DeliveredDelayMs = null,
    double? Undelivered = null,
    int? UndeliveredNext = null,
    int? ErrorCode = null)
{
    public const string InOrder = "inOrder";
    public const string Shuffled = "shuffled";

    // 30003: the phone is off
    public static StatusSettings Default { get; } = new(false, InOrder, false, 0, 10, 0, 0, 30003);

    public StatusSettings Merge(StatusSettings change) => new(
        change.Off ?? Off,
        change.Order ?? Order,
        change.Duplicate ?? Duplicate,
        change.SentDelayMs ?? SentDelayMs,
        change.DeliveredDelayMs ?? DeliveredDelayMs,
        change.Undelivered ?? Undelivered,
        change.UndeliveredNext ?? UndeliveredNext,
        change.ErrorCode ?? ErrorCode);

    public Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>();
        Check("order", Order is null or InOrder or Shuffled, $"Use {InOrder} or {Shuffled}.");
        Check("undelivered", Undelivered is null or (>= 0 and <= 1), "Use a share from 0 to 1.");
        Check("undeliveredNext", UndeliveredNext is null or >= 0, "Use 0 or more texts.");
        Check("errorCode", ErrorCode is null or (>= 10_000 and <= 99_999), "Use one of Twilio's codes: 30003.");
        Check("sentDelayMs", SentDelayMs is null or (>= 0 and <= 3_600_000), "Use 0 to 3600000 milliseconds.");
        Check("deliveredDelayMs", DeliveredDelayMs is null or (>= 0 and <= 3_600_000), "Use 0 to 3600000 milliseconds.");
        return errors;

        void Check(string field, bool isRight, string whatToDo)
        {
            if (!isRight)
            {
                errors[field] = [whatToDo];
            }
        }
    }
}
