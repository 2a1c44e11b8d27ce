using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's log.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>The last lines of one resource, and who reads on.</summary>
internal sealed class ResourceLogState
{
    private const int MostLines = 10_000;
    private readonly Queue<LogLine> _lines = new();
    private readonly HashSet<ChannelWriter<LogLine>> _readers = [];
    private readonly Lock _lock = new();
    private int _count;

    public LogLine Add(string content, bool isError)
    {
        lock (_lock)
        {
            var line = new LogLine(++_count, content, isError);
            _lines.Enqueue(line);
            if (_lines.Count > MostLines) _lines.Dequeue();
            foreach (var reader in _readers) reader.TryWrite(line);
            return line;
        }
    }

    public IReadOnlyList<LogLine> Subscribe(ChannelWriter<LogLine> reader)
    {
        lock (_lock)
        {
            _readers.Add(reader);
            return [.. _lines];
        }
    }

    public void Unsubscribe(ChannelWriter<LogLine> reader)
    {
        lock (_lock) _readers.Remove(reader);
    }
}
