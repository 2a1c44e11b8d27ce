using System.Globalization;
using System.Text;

namespace Switchboard.Load.Running;

/// <summary>
/// Identifies each message of a run, in its subject or text and so in everything that results from it: the run and the message's number,
/// <c>Lk3v9z1q-00000042</c>. Runs differ, so that the tool can be run again and again on one database.
/// </summary>
internal sealed class RunToken
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int NumberLength = 8;

    public RunToken(DateTimeOffset startedAt)
    {
        var run = new StringBuilder();
        StartedAtMs = startedAt.ToUnixTimeMilliseconds();
        for (var rest = StartedAtMs; rest > 0; rest /= Digits.Length)
        {
            run.Insert(0, Digits[(int)(rest % Digits.Length)]);
        }

        Run = "L" + run;
    }

    /// <summary>When the run began, in milliseconds since 1970: what the run's part is made of.</summary>
    public long StartedAtMs { get; }

    /// <summary>The run's part.</summary>
    public string Run { get; }

    /// <summary>The token of a message, all of the same length.</summary>
    public string Of(long number) => $"{Run}-{number.ToString("D8", CultureInfo.InvariantCulture)}";

    /// <summary>Overwrites the number of a token that begins there.</summary>
    public void Patch(Span<byte> token, long number)
    {
        if (!number.TryFormat(token.Slice(Run.Length + 1, NumberLength), out _, "D8", CultureInfo.InvariantCulture))
        {
            throw new ArgumentOutOfRangeException(nameof(number), number, "A run has less than a hundred million messages.");
        }
    }

    /// <summary>The number of the message that a text belongs to; null when it belongs to another run, or to none.</summary>
    public long? Find(string body)
    {
        var at = body.IndexOf(Run + "-", StringComparison.Ordinal);
        return at >= 0 && body.Length >= at + Run.Length + 1 + NumberLength
            && long.TryParse(
                body.AsSpan(at + Run.Length + 1, NumberLength), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }
}
