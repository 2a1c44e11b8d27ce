using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// What was answered for, the statuses that were told and who opted out, in a <see cref="JournalFile"/>: a text before its answer goes out.
/// </summary>
internal sealed class TextJournal(IOptions<SimulatorOptions> options) : IDisposable
{
    private readonly JournalFile _file = new(options.Value.DataFolder, "twilio-messages.jsonl");

    /// <summary>Opens the file.</summary>
    /// <returns>The texts of former runs, in their order, with the statuses that were told; and who opted out.</returns>
    public (IReadOnlyList<TextMessage> Texts, IReadOnlyCollection<string> OptOuts) Open()
    {
        var (texts, optOuts) = (new Dictionary<long, TextMessage>(), new HashSet<string>());
        foreach (var line in _file.Open())
        {
            var entry = JsonSerializer.Deserialize(line, TwilioJson.Readable.TextJournalLine)!;
            if (entry.Text is { } text)
            {
                texts[text.Sequence] = text.ToText();
            }

            if (entry.Told is { } told)
            {
                texts.GetValueOrDefault(told.Sequence)?.MarkTold(told.Status);
            }

            if (entry.OptOut is { } optOut)
            {
                _ = optOut.IsOut ? optOuts.Add(optOut.Number) : optOuts.Remove(optOut.Number);
            }
        }

        return ([.. texts.Values.OrderBy(text => text.Sequence)], optOuts);
    }

    public void Write(TextMessage text)
    {
        if (_file.IsKept)
        {
            _file.Append(new TextJournalLine(JournalText.Of(text)), TwilioJson.Readable.TextJournalLine);
        }
    }

    public void WriteTold(TextMessage text, TextStatus status)
    {
        if (_file.IsKept)
        {
            _file.Append(new TextJournalLine(Told: new JournalToldStatus(text.Sequence, status)), TwilioJson.Readable.TextJournalLine);
        }
    }

    public void WriteOptOut(string number, bool isOut)
    {
        if (_file.IsKept)
        {
            _file.Append(new TextJournalLine(OptOut: new JournalOptOut(number, isOut)), TwilioJson.Readable.TextJournalLine);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _file.Clear();

    public void Dispose() => _file.Dispose();
}
