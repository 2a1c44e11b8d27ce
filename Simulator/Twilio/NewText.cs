namespace Switchboard.Simulator.Twilio;

/// <summary>A text of <c>POST /_sim/twilio/messages</c>: somebody sends it to the account's number.</summary>
/// <param name="From">The sender.</param>
/// <param name="To">The number that it is sent to; the account's own when it is left out.</param>
/// <param name="Body">What it says; may be empty.</param>
/// <param name="Media">Its files.</param>
/// <param name="MessageSid">In place of a new id: to deliver the same text again.</param>
/// <param name="Times">How often the webhook is called for it, all at once.</param>
/// <param name="Json">The parameters as a JSON object, with <c>bodySHA256</c> in the query.</param>
/// <param name="Signature">In place of the right one; empty for none at all.</param>
/// <param name="OptOutType">STOP, START or HELP, as Twilio names it with Advanced Opt-Out.</param>
internal sealed record NewText(
    string? From,
    string? To = null,
    string? Body = null,
    IReadOnlyList<NewMedia>? Media = null,
    string? MessageSid = null,
    int Times = 1,
    bool Json = false,
    string? Signature = null,
    string? OptOutType = null)
{
    private const int MostMedia = 100;
    private const int MostTimes = 1000;

    /// <summary>The fields that are not as they should be, each with what to do.</summary>
    public Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>();
        Check("from", !string.IsNullOrWhiteSpace(From), "Name the sender, such as +15550100001.");
        Check("messageSid", MessageSid is not "", "Name an id such as SM0123456789abcdef0123456789abcdef, or leave it out for a new one.");
        Check("times", Times is >= 1 and <= MostTimes, $"Use 1 to {MostTimes}.");
        Check("optOutType", OptOutType is null or "STOP" or "START" or "HELP", "Use STOP, START or HELP.");
        Check("media", !(Media?.Count > MostMedia), $"Use {MostMedia} files at the most.");
        foreach (var (media, index) in (Media ?? []).Select((media, index) => (media, index)))
        {
            var mistake = media is null ? "This is no file." : media.Mistake;
            Check($"media[{index}]", mistake is null, mistake ?? "");
        }

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
