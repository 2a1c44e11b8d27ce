using System.Collections.Concurrent;

namespace Switchboard.Simulator.Twilio;

/// <summary>The numbers that want no SMS: they said STOP and not START since.</summary>
internal sealed class OptOuts(SmsJournal journal)
{
    private static readonly string[] StopWords = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
    private static readonly string[] StartWords = ["START", "YES", "UNSTOP"];
    private readonly ConcurrentDictionary<string, bool> _numbers = new();

    public IReadOnlyList<string> All => [.. _numbers.Keys.Order(StringComparer.Ordinal)];

    public bool Contains(string number) => !_numbers.IsEmpty && _numbers.ContainsKey(number);

    public void Add(string number)
    {
        if (_numbers.TryAdd(number, true))
        {
            journal.WriteOptOut(number, isOut: true);
        }
    }

    public void Remove(string number)
    {
        if (_numbers.TryRemove(number, out _))
        {
            journal.WriteOptOut(number, isOut: false);
        }
    }

    /// <summary>An SMS came in: its whole body may be one of the words, or the type of it was named.</summary>
    public void Read(string number, string body, string? type)
    {
        var word = type ?? body.Trim();
        if (StopWords.Contains(word, StringComparer.OrdinalIgnoreCase))
        {
            Add(number);
        }
        else if (StartWords.Contains(word, StringComparer.OrdinalIgnoreCase))
        {
            Remove(number);
        }
    }

    /// <summary>Takes in the numbers of a former run.</summary>
    public void Restore(IEnumerable<string> numbers)
    {
        foreach (var number in numbers)
        {
            _numbers[number] = true;
        }
    }
}
