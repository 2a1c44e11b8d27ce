using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Journal;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>
/// What was answered for, and the statuses that were told, in a <see cref="JournalFile"/>: a message before its answer goes out.
/// </summary>
internal sealed partial class MessageJournal(IOptions<SimulatorOptions> options, ILogger<MessageJournal> log) : IDisposable
{
    private readonly JournalFile _file = new(options.Value.DataFolder, "whatsapp-messages.jsonl");

    /// <summary>Opens the file.</summary>
    /// <returns>The messages of former runs, in their order, with the statuses that were told.</returns>
    public IReadOnlyList<SentMessage> Open()
    {
        var messages = Read(_file.Open());
        if (messages.Count > 0)
        {
            Log.Opened(log, messages.Count);
        }

        return messages;
    }

    public void Write(SentMessage message)
    {
        if (_file.IsKept)
        {
            var kept = new JournalMessage(
                message.Sequence, message.Id, message.To, message.Type, message.Body, message.CallbackData, (int)message.Promised);
            _file.Append(new JournalLine(kept), WhatsAppJson.Readable.JournalLine);
        }
    }

    public void WriteTold(IReadOnlyList<DueStatus> statuses)
    {
        if (_file.IsKept)
        {
            var told = statuses.Select(due => new JournalTold(due.Message.Sequence, (int)due.Status));
            _file.Append(new JournalLine(Told: [.. told]), WhatsAppJson.Readable.JournalLine);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _file.Clear();

    public void Dispose() => _file.Dispose();

    private static List<SentMessage> Read(IEnumerable<string> lines)
    {
        var messages = new Dictionary<long, SentMessage>();
        foreach (var line in lines)
        {
            var entry = JsonSerializer.Deserialize(line, WhatsAppJson.Default.JournalLine)!;
            if (entry.Message is { } m)
            {
                messages[m.Sequence] = new SentMessage(m.Sequence, m.Id, m.To, m.Type, m.Body, m.CallbackData, (MessageStatuses)m.Promised);
            }

            foreach (var told in entry.Told ?? [])
            {
                messages.GetValueOrDefault(told.Sequence)?.MarkTold((MessageStatuses)told.Status);
            }
        }

        return [.. messages.Values.OrderBy(message => message.Sequence)];
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The journal holds {Count} messages")]
        public static partial void Opened(ILogger logger, int count);
    }
}
