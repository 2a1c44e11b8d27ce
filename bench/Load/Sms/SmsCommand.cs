using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Reporting;

namespace Switchboard.Load.Sms;

/// <summary>The command <c>sms</c>.</summary>
internal static class SmsCommand
{
    public static Command Create()
    {
        var sending = new SendingArguments("SMS", "SMS", "item")
        {
            Connections = LoadCommand.Number("--concurrent", "How many connections send at once.", 100, 1, 10_000),
        };
        sending.Edge.Aliases.Add("--url");
        var count = new Option<int?>("--count") { Description = "Ends after this many SMS, if the time is not up before." };
        count.Validators.Add(result => Require(result, result.GetValueOrDefault<int?>() is null or > 0, "--count must be over 0."));
        var numbers = LoadCommand.Number(
            "--numbers", "How many phone numbers send, twenty per user; some much more often than others (Zipf).", 1_000, 1, 10_000);
        var mediaShare = LoadCommand.Share("--media-share", "The share of the SMS that has a picture or a recording.", 0.2);
        var mediaBytes = LoadCommand.Number("--media-bytes", "How large a file is.", 100_000, 50_000, 100_000_000);
        var account = new Option<string>("--account-sid") { Description = "Twilio's account.", DefaultValueFactory = _ => "ACdemo" };
        var token = new Option<string>("--account-token")
        {
            Description = "The account's secret, which signs the SMS.",
            DefaultValueFactory = _ => "demo-twilio-token",
        };
        var ingest = LoadCommand.IngestPid();

        var command = new Command(
            "sms",
            "Posts signed SMS to /api/sms/webhook from phone numbers that it links and verifies, waits until all their items are "
            + "completed, and checks that every accepted SMS led to exactly the expected items: "
            + "its text, the size of its file, the transcript of its recording. "
            + "The product must allow more than 20 SMS an hour per number: RATE_LIMIT_MESSAGES_PER_HOUR=1000000 ./run.sh. "
            + "Exit code 1 when something was lost, duplicated or wrong, 2 when the load could not run.")
        {
            count, numbers, mediaShare, mediaBytes, account, token, ingest,
        };
        sending.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new SmsOptions(sending.Read(parsed))
            {
                Count = parsed.GetValue(count),
                Numbers = parsed.GetValue(numbers),
                MediaShare = parsed.GetValue(mediaShare),
                MediaBytes = parsed.GetValue(mediaBytes),
                AccountSid = parsed.GetValue(account)!,
                AccountToken = parsed.GetValue(token)!,
                IngestPid = parsed.GetValue(ingest),
            },
            cancellationToken));
        return command;
    }

    private static void Require(System.CommandLine.Parsing.OptionResult result, bool holds, string error)
    {
        if (!holds)
        {
            result.AddError(error);
        }
    }

    private static Task<int> RunAsync(SmsOptions options, CancellationToken cancellationToken) => LoadCommand.RunAsync(
        progress => new SmsScenario(options, progress, TimeProvider.System).RunAsync(cancellationToken),
        SmsJson.Default.SmsReport,
        report => report.IsFine);
}

/// <summary>The options of <c>sms</c>.</summary>
internal sealed record SmsOptions : SendingOptions
{
    public SmsOptions()
    {
    }

    [SetsRequiredMembers]
    public SmsOptions(SendingOptions sending)
        : base(sending)
    {
    }

    /// <summary>After how many SMS it ends at the latest.</summary>
    public int? Count { get; init; }

    public int Numbers { get; init; } = 1000;

    public double MediaShare { get; init; } = 0.2;

    public int MediaBytes { get; init; } = 100_000;

    public string AccountSid { get; init; } = "ACdemo";

    public string AccountToken { get; init; } = "demo-twilio-token";

    /// <summary>The process whose memory is watched; null looks for it by its name.</summary>
    public int? IngestPid { get; init; }
}

/// <summary>The JSON line that the command prints.</summary>
/// <param name="Accepted">SMS that were accepted.</param>
/// <param name="AcceptedPerSecond">Over the time of the load.</param>
/// <param name="EnrichedPerSecond">SMS all of whose items are completed, from the first SMS to the last completion.</param>
/// <param name="AcceptMs">From when an SMS was to be sent to the answer.</param>
/// <param name="EndToEndMs">From when the product received an SMS to when the last of its items was completed.</param>
/// <param name="Lost">Items that accepted SMS should have led to, and that are not completed.</param>
/// <param name="Duplicated">Items beyond the first for the same part of an SMS.</param>
/// <param name="Wrong">Items that say something else than what was sent, or of parts that were not sent.</param>
/// <param name="Items">How many the accepted SMS should lead to.</param>
/// <param name="Rejected">Answers 429 and 503.</param>
/// <param name="Errors">Other failures.</param>
/// <param name="CacheHitRate">Of the product's caches, over the load; null when they could not be asked, or were not used.</param>
/// <param name="IngestPeakWorkingSetMb">The most memory of Workers.Ingest during the load; null when it was not found.</param>
/// <param name="IngestGrowthMb">By how much that is more than before the load.</param>
/// <param name="Seconds">How long the load was on.</param>
internal sealed record SmsReport(
    long Accepted,
    double AcceptedPerSecond,
    double EnrichedPerSecond,
    Percentiles AcceptMs,
    Percentiles EndToEndMs,
    long Lost,
    long Duplicated,
    long Wrong,
    long Items,
    long Rejected,
    long Errors,
    double? CacheHitRate,
    double? IngestPeakWorkingSetMb,
    double? IngestGrowthMb,
    double Seconds)
{
    [JsonIgnore]
    public bool IsFine => Lost == 0 && Duplicated == 0 && Wrong == 0;
}

/// <summary>The JSON that is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewNumber))]
[JsonSerializable(typeof(LinkedNumber))]
[JsonSerializable(typeof(VerificationCode))]
[JsonSerializable(typeof(SentSmsPage))]
[JsonSerializable(typeof(NewMedia))]
[JsonSerializable(typeof(MadeMedia))]
[JsonSerializable(typeof(EnrichmentPage))]
[JsonSerializable(typeof(CachePerformance))]
[JsonSerializable(typeof(SmsReport))]
internal sealed partial class SmsJson : JsonSerializerContext;
