using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Switchboard.Load.Running;

namespace Switchboard.Load.Sms;

/// <summary>
/// Links and verifies the phone numbers of a run, twenty to a user, as people do: with the code that the simulator was sent.
/// All are in the area code 555, which is not assigned.
/// </summary>
internal sealed partial class PhoneNumbers(ApiClient edge, ApiClient simulator, string adminKey, RunToken token, TimeProvider timeProvider)
{
    public const int NumbersPerUser = 20;

    private const int MaxParallel = 8;
    private const int FirstLine = 1_000_000; // the demo and the tests use those below
    private const int Block = 1_000;
    private const int Blocks = 9_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CodeTimeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, (Guid Id, string Key)> _linked = new();

    /// <summary>Makes the users and their numbers.</summary>
    public async Task<(IReadOnlyList<LoadUser> Users, IReadOnlyList<PhoneNumber> Numbers)> CreateAsync(
        int count, Action<double> progress, CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow();
        var users = await new LoadUsers(edge, adminKey, token).CreateAsync(
            (count + NumbersPerUser - 1) / NumbersPerUser,
            ["texts"],
            async (index, user, loopToken) =>
            {
                for (var line = index * NumbersPerUser; line < Math.Min(count, (index + 1) * NumbersPerUser); line++)
                {
                    await LinkAsync(NumberOf(line), user.Key, loopToken);
                }
            },
            made => progress((double)made * NumbersPerUser / 2),
            cancellationToken);

        var codes = await CodesAsync(since, cancellationToken);
        var numbers = Enumerable.Range(0, count).Select(NumberOf).ToList();
        var verified = 0;
        var parallelOptions = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(numbers, parallelOptions, async (number, loopToken) =>
        {
            await VerifyAsync(number, codes[number], loopToken);
            progress((count + Interlocked.Increment(ref verified)) / 2.0);
        });
        return (users, [.. numbers.Select(number => new PhoneNumber(number, _linked[number].Key))]);
    }

    // each run starts in a random block: numbers that another run has verified cannot be linked again
    private string NumberOf(int line)
    {
        var offset = ((long)(new SeededRandom(token.StartedAtMs).Next() * Blocks) * Block) + line;
        return string.Create(CultureInfo.InvariantCulture, $"+1555{FirstLine + (offset % (Blocks * Block)):D7}");
    }

    private async Task LinkAsync(string number, string key, CancellationToken cancellationToken)
    {
        var linked = await edge.PostAsync(
            "/api/phone-numbers", key, new NewNumber(number), SmsJson.Default.NewNumber, SmsJson.Default.LinkedNumber, cancellationToken);
        _linked[number] = (linked.Id, key);
    }

    private async Task VerifyAsync(string number, string code, CancellationToken cancellationToken)
    {
        var (id, key) = _linked[number];
        await edge.PostAsync(
            $"/api/phone-numbers/{id}/verify",
            key,
            new VerificationCode(code),
            SmsJson.Default.VerificationCode,
            SmsJson.Default.LinkedNumber,
            cancellationToken);
    }

    /// <summary>Reads the codes from the SMS that were sent, until each number has one.</summary>
    private async Task<Dictionary<string, string>> CodesAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var codes = new Dictionary<string, string>();
        var (cursor, movedAt) = (since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), timeProvider.GetTimestamp());
        while (true)
        {
            var before = codes.Count;
            var page = await simulator.GetAsync(
                $"/_sim/twilio/messages?limit=10000&since={Uri.EscapeDataString(cursor)}",
                null,
                SmsJson.Default.SentSmsPage,
                cancellationToken);
            foreach (var sms in page.Items)
            {
                if (_linked.ContainsKey(sms.To) && SixDigits().Match(sms.Body) is { Success: true } code)
                {
                    codes[sms.To] = code.Value;
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

            movedAt = codes.Count > before ? timeProvider.GetTimestamp() : movedAt;
            if (timeProvider.GetElapsedTime(movedAt) > CodeTimeout)
            {
                var missing = _linked.Keys.First(number => !codes.ContainsKey(number));
                throw new LoadException(
                    $"{_linked.Count - codes.Count} of {_linked.Count} numbers were sent no code within {CodeTimeout.TotalSeconds} s, "
                    + $"for example {missing}.");
            }

            await Task.Delay(Interval, timeProvider, cancellationToken);
        }
    }

    [GeneratedRegex("(?<![0-9])[0-9]{6}(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex SixDigits();
}

/// <summary>A verified phone number, and the key of its user.</summary>
internal sealed record PhoneNumber(string Number, string Key);

internal sealed record NewNumber(string PhoneNumber);

internal sealed record LinkedNumber(Guid Id, bool Verified);

internal sealed record VerificationCode(string Code);

internal sealed record SentSmsPage(IReadOnlyList<SentSms> Items, string? NextCursor);

internal sealed record SentSms(string To, string Body);
