using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Meta;

/// <summary>
/// What was answered for, and the statuses that were told, in a <see cref="JournalFile"/>: a message before its answer goes out.
/// </summary>
internal sealed partial class MessageJournal(IOptions<SimulatorOptions> options, ILogger<MessageJournal> logger) : IDisposable
{
    private readonly JournalFile _file = new(options.Value.DataFolder, "whatsapp-messages.jsonl");

    /// <summary>Opens the file.</summary>
    /// <returns>The messages of former runs, in their order, with the statuses that were told.</returns>
    public IReadOnlyList<SentMessage> Open()
    {
        var messages = Read(_file.Open());
        if (messages.Count > 0)
        {
            Log.Opened(logger, messages.Count);
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

/// <summary>A line of the journal: a message that was taken, or statuses that the edge has acknowledged.</summary>
internal sealed record JournalLine(
    [property: JsonPropertyName("m")] JournalMessage? Message = null,
    [property: JsonPropertyName("t")] IReadOnlyList<JournalTold>? Told = null);

/// <summary>A message.</summary>
internal sealed record JournalMessage(
    [property: JsonPropertyName("n")] long Sequence,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("to")] string To,
    [property: JsonPropertyName("k")] string Type,
    [property: JsonPropertyName("b")] string Body,
    [property: JsonPropertyName("c")] string? CallbackData,
    [property: JsonPropertyName("p")] int Promised);

/// <summary>A status that was told.</summary>
internal sealed record JournalTold([property: JsonPropertyName("n")] long Sequence, [property: JsonPropertyName("s")] int Status);

/// <summary>Takes up what a former run has answered for, before the first request comes in.</summary>
internal sealed class JournalRecovery(MessageJournal journal, MessageStore<SentMessage> messages, StatusQueue statuses) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var former = journal.Open();
        messages.Restore(former);
        foreach (var message in former)
        {
            statuses.Enqueue(message, message.Promised & ~message.Told);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
