using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// What was answered for, the statuses that were told and who opted out, in a <see cref="JournalFile"/>: an SMS before its answer goes out.
/// </summary>
internal sealed class SmsJournal(IOptions<SimulatorOptions> options) : IDisposable
{
    private readonly JournalFile _file = new(options.Value.DataFolder, "twilio-messages.jsonl");

    /// <summary>Opens the file.</summary>
    /// <returns>The SMS of former runs, in their order, with the statuses that were told; and who opted out.</returns>
    public (IReadOnlyList<SmsMessage> Messages, IReadOnlyCollection<string> OptOuts) Open()
    {
        var (messages, optOuts) = (new Dictionary<long, SmsMessage>(), new HashSet<string>());
        foreach (var line in _file.Open())
        {
            var entry = JsonSerializer.Deserialize(line, TwilioJson.Readable.SmsJournalLine)!;
            if (entry.Sms is { } sms)
            {
                messages[sms.Sequence] = sms.ToMessage();
            }

            if (entry.Told is { } told)
            {
                messages.GetValueOrDefault(told.Sequence)?.MarkTold(told.Status);
            }

            if (entry.OptOut is { } optOut)
            {
                _ = optOut.IsOut ? optOuts.Add(optOut.Number) : optOuts.Remove(optOut.Number);
            }
        }

        return ([.. messages.Values.OrderBy(sms => sms.Sequence)], optOuts);
    }

    public void Write(SmsMessage sms)
    {
        if (_file.IsKept)
        {
            _file.Append(new SmsJournalLine(JournalSms.Of(sms)), TwilioJson.Readable.SmsJournalLine);
        }
    }

    public void WriteTold(SmsMessage sms, SmsStatus status)
    {
        if (_file.IsKept)
        {
            _file.Append(new SmsJournalLine(Told: new JournalToldStatus(sms.Sequence, status)), TwilioJson.Readable.SmsJournalLine);
        }
    }

    public void WriteOptOut(string number, bool isOut)
    {
        if (_file.IsKept)
        {
            _file.Append(new SmsJournalLine(OptOut: new JournalOptOut(number, isOut)), TwilioJson.Readable.SmsJournalLine);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _file.Clear();

    public void Dispose() => _file.Dispose();
}

/// <summary>A line of the journal: an SMS, a status that the edge has acknowledged, or a number that opted out or in.</summary>
internal sealed record SmsJournalLine(
    [property: JsonPropertyName("m")] JournalSms? Sms = null,
    [property: JsonPropertyName("t")] JournalToldStatus? Told = null,
    [property: JsonPropertyName("o")] JournalOptOut? OptOut = null);

/// <summary>An SMS.</summary>
internal sealed record JournalSms(
    [property: JsonPropertyName("n")] long Sequence,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("d")] SmsDirection Direction,
    [property: JsonPropertyName("to")] string To,
    [property: JsonPropertyName("f")] string From,
    [property: JsonPropertyName("g")] string? MessagingServiceSid,
    [property: JsonPropertyName("b")] string Body,
    [property: JsonPropertyName("k")] int NumMedia,
    [property: JsonPropertyName("c")] string? StatusCallback,
    [property: JsonPropertyName("p")] SmsPlan Plan)
{
    public static JournalSms Of(SmsMessage sms) => new(
        sms.Sequence,
        sms.Id,
        sms.Direction,
        sms.To,
        sms.From,
        sms.MessagingServiceSid,
        sms.Body,
        sms.NumMedia,
        sms.StatusCallback,
        sms.Plan);

    public SmsMessage ToMessage() => new(Sequence, Id, Direction, To, From, MessagingServiceSid, Body, NumMedia, StatusCallback, Plan);
}

/// <summary>A status that was told.</summary>
internal sealed record JournalToldStatus(
    [property: JsonPropertyName("n")] long Sequence, [property: JsonPropertyName("s")] SmsStatus Status);

/// <summary>A number that wants no SMS, or wants them again.</summary>
internal sealed record JournalOptOut([property: JsonPropertyName("p")] string Number, [property: JsonPropertyName("o")] bool IsOut);

/// <summary>Takes up what a former run has answered for, before the first request comes in.</summary>
internal sealed class SmsRecovery(SmsJournal journal, MessageStore<SmsMessage> messages, OptOuts optOuts, StatusQueue statuses)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var former = journal.Open();
        messages.Restore(former.Messages);
        optOuts.Restore(former.OptOuts);
        foreach (var sms in former.Messages)
        {
            statuses.Enqueue(sms);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
