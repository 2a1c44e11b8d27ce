using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Switchboard.Load;

/// <summary>What the commands have in common: options with validation, and how a run ends.</summary>
internal static class LoadCommand
{
    /// <summary>Runs a scenario, writes its report as one JSON line, and says how it ended.</summary>
    public static async Task<int> RunAsync<T>(Func<LoadProgress, Task<T>> scenario, JsonTypeInfo<T> type, Func<T, bool> isFine)
    {
        try
        {
            var report = await scenario(LoadProgress.OnStandardError());
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, type));
            return isFine(report) ? ExitCodes.Fine : ExitCodes.Broken;
        }
        catch (LoadException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCodes.NotRun;
        }
    }

    public static Option<int> Number(string name, string description, int defaultValue, int min, int max)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < min || value > max))
            {
                result.AddError($"{name} must be {min} to {max}.");
            }
        });
        return option;
    }

    /// <summary>A share of all, 0 to 1.</summary>
    public static Option<double> Share(string name, string description, double defaultValue)
    {
        var option = new Option<double>(name) { Description = $"{description[..^1]}, 0 to 1.", DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 1))
            {
                result.AddError($"{name} must be 0 to 1.");
            }
        });
        return option;
    }

    /// <summary>Messages a second; null for a closed loop.</summary>
    /// <param name="what">What is sent.</param>
    /// <param name="one">One of them.</param>
    public static Option<double?> Rate(string what, string one)
    {
        var rate = new Option<double?>("--rate")
        {
            Description = $"{char.ToUpperInvariant(what[0])}{what[1..]} a second, evenly spread, whatever becomes of them "
                + "(open loop; latencies then count from when each was due). "
                + $"Without it each connection sends the next {one} when the last one is answered (closed loop).",
        };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0 or > 1_000_000)
            {
                result.AddError($"--rate must be over 0 and up to 1000000 {what} a second.");
            }
        });
        return rate;
    }

    public static Option<Uri> Edge() => Address("--edge", "Where the product is.", "http://localhost:5080");

    public static Option<Uri> Simulator() => Address("--simulator", "Where the simulator is.", "http://localhost:5090");

    public static Option<string> Key() => new("--key")
    {
        Description = "A key with the scope admin.",
        DefaultValueFactory = _ => "sb_demo",
    };

    public static Option<bool> LiftLimits() => new("--lift-limits")
    {
        Description = "Lets the simulator's mailboxes of Microsoft 365 accept any number of requests; "
            + "the product still keeps to its own limits.",
    };

    public static Option<int?> IngestPid() => new("--ingest-pid")
    {
        Description = "The process of Workers.Ingest, whose memory is watched; without it, it is looked for by its name.",
    };

    private static Option<Uri> Address(string name, string description, string defaultValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => new Uri(defaultValue),
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            result.AddError($"{name} must be an address such as {defaultValue}.");
            return null;
        },
    };
}

/// <summary>The exit codes of the tool.</summary>
internal static class ExitCodes
{
    /// <summary>Everything arrived, once.</summary>
    public const int Fine = 0;

    /// <summary>Something was lost, duplicated or unexpected.</summary>
    public const int Broken = 1;

    /// <summary>The load could not run.</summary>
    public const int NotRun = 2;
}

/// <summary>The load cannot run; the message says what to do about it.</summary>
internal sealed class LoadException(string message, Exception? inner = null) : Exception(message, inner);
