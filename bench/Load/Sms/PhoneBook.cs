using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Switchboard.Load.Api;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Sms;

/// <summary>
/// Links and verifies the phone numbers of a run, twenty to a user, as people do: with the code that the simulator was sent.
/// All are in the area code 555, which nobody has.
/// </summary>
internal sealed partial class PhoneBook(ApiClient edge, ApiClient simulator, string adminKey, RunToken token, TimeProvider time)
{
    public const int NumbersOfAUser = 20;

    private const int AtOnce = 8;
    private const int FirstLine = 1_000_000; // the demo and the tests have those below
    private const int Block = 1_000;
    private const int Blocks = 9_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, (Guid Id, string Key)> _linked = new();

    /// <summary>Makes the users and their numbers.</summary>
    public async Task<(IReadOnlyList<LoadUser> Users, IReadOnlyList<LoadNumber> Numbers)> CreateAsync(
        int count, Action<double> progress, CancellationToken cancellation)
    {
        var since = time.GetUtcNow();
        var users = await new Accounts(edge, adminKey, token).CreateAsync(
            (count + NumbersOfAUser - 1) / NumbersOfAUser,
            ["texts"],
            async (index, user, ct) =>
            {
                for (var line = index * NumbersOfAUser; line < Math.Min(count, (index + 1) * NumbersOfAUser); line++)
                {
                    await LinkAsync(NumberOf(line), user.Key, ct);
                }
            },
            made => progress((double)made * NumbersOfAUser / 2),
            cancellation);

        var codes = await CodesAsync(since, cancellation);
        var numbers = Enumerable.Range(0, count).Select(NumberOf).ToList();
        var verified = 0;
        await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (number, ct) =>
        {
            await VerifyAsync(number, codes[number], ct);
            progress((count + Interlocked.Increment(ref verified)) / 2.0);
        });
        return (users, [.. numbers.Select(number => new LoadNumber(number, _linked[number].Key))]);
    }

    // each run begins in a block by chance: numbers that another run has verified are not ours to link
    private string NumberOf(int line)
    {
        var offset = ((long)(new Dice(token.StartedAtMs).Next() * Blocks) * Block) + line;
        return string.Create(CultureInfo.InvariantCulture, $"+1555{FirstLine + (offset % (Blocks * Block)):D7}");
    }

    private async Task LinkAsync(string number, string key, CancellationToken cancellation)
    {
        var linked = await edge.PostAsync(
            "/api/phone-numbers", key, new NewNumber(number), SmsJson.Default.NewNumber, SmsJson.Default.LinkedNumber, cancellation);
        _linked[number] = (linked.Id, key);
    }

    private async Task VerifyAsync(string number, string code, CancellationToken cancellation)
    {
        var (id, key) = _linked[number];
        await edge.PostAsync(
            $"/api/phone-numbers/{id}/verify", key, new CodeAnswer(code), SmsJson.Default.CodeAnswer, SmsJson.Default.LinkedNumber, cancellation);
    }

    /// <summary>Reads the codes from the texts that were sent, until each number has one.</summary>
    private async Task<Dictionary<string, string>> CodesAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        var codes = new Dictionary<string, string>();
        var (cursor, movedAt) = (since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), time.GetTimestamp());
        while (true)
        {
            var before = codes.Count;
            var page = await simulator.GetAsync(
                $"/_sim/twilio/messages?limit=10000&since={Uri.EscapeDataString(cursor)}", null, SmsJson.Default.SentPage, cancellation);
            foreach (var text in page.Items)
            {
                if (_linked.ContainsKey(text.To) && SixDigits().Match(text.Body) is { Success: true } code)
                {
                    codes[text.To] = code.Value;
                }
            }

            if (codes.Count == _linked.Count)
            {
                return codes;
            }

            if (page.NextCursor is { } next)
            {
                cursor = next;
                continue;
            }

            movedAt = codes.Count > before ? time.GetTimestamp() : movedAt;
            if (time.GetElapsedTime(movedAt) > Patience)
            {
                var missing = _linked.Keys.First(number => !codes.ContainsKey(number));
                throw new LoadException($"{_linked.Count - codes.Count} of {_linked.Count} numbers were sent no code within {Patience.TotalSeconds} s, {missing} for one.");
            }

            await Task.Delay(Interval, time, cancellation);
        }
    }

    [GeneratedRegex("(?<![0-9])[0-9]{6}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex SixDigits();
}
