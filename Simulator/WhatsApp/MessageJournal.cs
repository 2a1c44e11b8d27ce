using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>
/// What the simulator has answered for, in an append-only file: each line is with the operating system before the answer goes out,
/// so that <c>kill -9</c> loses no message and no status (a power cut may: nothing is forced to the disk).
/// Without <c>Simulator:DataFolder</c> it writes nothing.
/// </summary>
internal sealed partial class MessageJournal(IOptions<SimulatorOptions> options, ILogger<MessageJournal> log) : IDisposable
{
    private static readonly byte[] NewLine = "\n"u8.ToArray();
    private readonly Lock _lock = new();
    private FileStream? _file;

    /// <summary>Opens the file.</summary>
    /// <returns>The messages of former runs, in their order, with the statuses that were told.</returns>
    public IReadOnlyList<SentMessage> Open()
    {
        if (options.Value.DataFolder is not { Length: > 0 } folder)
        {
            return [];
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "whatsapp-messages.jsonl");
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        DropTornLine(_file);
        var messages = Read(path);
        Log.Opened(log, path, messages.Count);
        return messages;
    }

    public void Write(SentMessage message)
    {
        if (_file is not null)
        {
            Append(new JournalLine(new JournalMessage(
                message.Sequence, message.Id, message.To, message.Type, message.Body, message.CallbackData, (int)message.Promised)));
        }
    }

    public void WriteTold(IReadOnlyList<DueStatus> statuses)
    {
        if (_file is not null)
        {
            Append(new JournalLine(Told: [.. statuses.Select(due => new JournalTold(due.Message.Sequence, (int)due.Status))]));
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _file?.SetLength(0);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Append(JournalLine line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, WhatsAppJson.Readable.JournalLine), .. NewLine];
        lock (_lock)
        {
            _file!.Write(bytes);
        }
    }

    // the process may have died in the middle of its last line; nobody was answered for that one
    private static void DropTornLine(FileStream file)
    {
        var length = file.Length;
        while (length > 0 && ByteAt(length - 1) != '\n')
        {
            length--;
        }

        file.SetLength(length);
        file.Seek(0, SeekOrigin.End);

        int ByteAt(long position)
        {
            file.Position = position;
            return file.ReadByte();
        }
    }

    private static List<SentMessage> Read(string path)
    {
        var messages = new Dictionary<long, SentMessage>();
        foreach (var line in File.ReadLines(path))
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
        [LoggerMessage(LogLevel.Information, "The journal {Path} holds {Count} messages")]
        public static partial void Opened(ILogger logger, string path, int count);
    }
}
