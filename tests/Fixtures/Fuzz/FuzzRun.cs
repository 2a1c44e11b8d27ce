using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Switchboard.Tests.Fixtures.Fuzz;

/// <summary>
/// How much is tried, and what. The same cases come each time, so that a test that fails fails again; <c>FUZZ_SCALE=20</c> tries so many
/// times more, and <c>FUZZ_SEED</c> others: a number, or <c>random</c>.
/// </summary>
internal static class FuzzRun
{
    private const ulong UsualSeed = 11;
    private const int MostShown = 5;

    // few values begin small; those of FsCheck grow with their size
    private static readonly int[] Sizes = [1, 3, 6, 12, 25];

    private static readonly double Scale =
        double.Parse(Environment.GetEnvironmentVariable("FUZZ_SCALE") ?? "1", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    private static readonly ulong Seed = Environment.GetEnvironmentVariable("FUZZ_SEED") switch
    {
        null or "" => UsualSeed,
        "random" => (ulong)Random.Shared.NextInt64(),
        var number => ulong.Parse(number, CultureInfo.InvariantCulture),
    };

    /// <summary>So many cases, more with <c>FUZZ_SCALE</c>.</summary>
    /// <param name="cases">What a case is made of.</param>
    /// <param name="count">How many are tried usually.</param>
    /// <param name="name">What is tried: each has cases of its own.</param>
    public static IEnumerable<T> Cases<T>(Gen<T> cases, int count, string name)
    {
        var own = Seed + name.Aggregate(0UL, (hash, letter) => hash * 31 + letter);
        var each = (int)Math.Ceiling(count * Scale / Sizes.Length);
        return Sizes.SelectMany((size, round) => cases.Sample(each, new Rnd(own + (ulong)round, 7), size));
    }

    /// <summary>Tries each case; those that fail, the first few, are shown as they can be tried again.</summary>
    public static async Task CheckAsync<T>(Gen<T> cases, int count, string name, Func<T, Task> check)
    {
        var failed = new List<string>();
        foreach (var one in Cases(cases, count, name))
        {
            try
            {
                await check(one);
            }
            catch (Exception reason)
            {
                failed.Add($"{Shown(one)}: {reason}");
                if (failed.Count == MostShown)
                    break;
            }
        }

        if (failed.Count > 0)
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"{name}, FUZZ_SEED={Seed} FUZZ_SCALE={Scale}:\n{string.Join("\n\n", failed)}"));
    }

    /// <summary>The same where nothing is waited for.</summary>
    public static void Check<T>(Gen<T> cases, int count, string name, Action<T> check) =>
        CheckAsync(cases, count, name, one =>
        {
            check(one);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();

    /// <summary>A case with its bytes and characters as C# writes them, cut where it is long.</summary>
    public static string Shown(object? value)
    {
        var text = value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{value}";
        var shown = new StringBuilder();
        foreach (var letter in text.Length <= 3_000 ? text : text[..3_000] + "…")
            _ = letter is >= ' ' and <= '~' ? shown.Append(letter) : shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:X4}");
        return text.Length <= 3_000 ? shown.ToString() : $"{shown} ({text.Length} in all)";
    }
}
