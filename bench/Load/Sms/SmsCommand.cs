using System.CommandLine;

namespace Switchboard.Load.Sms;

/// <summary>The command <c>sms</c>.</summary>
internal static class SmsCommand
{
    public static Command Create()
    {
        var seconds = LoadCommand.Number("--seconds", "How long texts are sent.", 20, 1, 86_400);
        var concurrent = LoadCommand.Number("--concurrent", "How many connections send at once.", 100, 1, 10_000);
        var rate = LoadCommand.Rate("texts", "text");
        var count = new Option<int?>("--count") { Description = "Ends after so many texts, if the time is not up before." };
        count.Validators.Add(result => Require(result, result.GetValueOrDefault<int?>() is null or > 0, "--count must be over 0."));
        var numbers = LoadCommand.Number("--numbers", "How many phone numbers send, twenty of each user; some much more often than others (Zipf).", 1_000, 1, 10_000);
        var mediaShare = LoadCommand.Share("--media-share", "The share of the texts that has a picture or a recording.", 0.2);
        var mediaBytes = LoadCommand.Number("--media-bytes", "How large a file is.", 100_000, 50_000, 100_000_000);
        var (edge, simulator, key) = (LoadCommand.Edge(), LoadCommand.Simulator(), LoadCommand.Key());
        edge.Aliases.Add("--url");
        var account = new Option<string>("--account-sid") { Description = "Twilio's account.", DefaultValueFactory = _ => "ACdemo" };
        var token = new Option<string>("--account-token") { Description = "The account's secret, which signs the texts.", DefaultValueFactory = _ => "demo-twilio-token" };
        var patience = LoadCommand.Number("--patience-seconds", "How long to wait for items when none comes any more.", 60, 1, 3_600);
        var ingest = LoadCommand.IngestPid();

        var command = new Command(
            "sms",
            "Posts signed texts to /api/sms/webhook from phone numbers that it links and verifies, waits until all their items are completed, and "
            + "checks that every accepted text led to exactly the items that it should: its text, its file's size, what is said in it. "
            + "The house must allow more than 20 texts an hour of a number: RATE_LIMIT_MESSAGES_PER_HOUR=1000000 ./run.sh. "
            + "Exit code 1 when something was lost, doubled or wrong, 2 when the load could not be put on.")
        {
            seconds, concurrent, rate, count, numbers, mediaShare, mediaBytes, edge, simulator, key, account, token, patience, ingest,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new SmsOptions
            {
                Seconds = parsed.GetValue(seconds),
                Concurrent = parsed.GetValue(concurrent),
                Rate = parsed.GetValue(rate),
                Count = parsed.GetValue(count),
                Numbers = parsed.GetValue(numbers),
                MediaShare = parsed.GetValue(mediaShare),
                MediaBytes = parsed.GetValue(mediaBytes),
                Edge = parsed.GetValue(edge)!,
                Simulator = parsed.GetValue(simulator)!,
                Key = parsed.GetValue(key)!,
                AccountSid = parsed.GetValue(account)!,
                AccountToken = parsed.GetValue(token)!,
                PatienceSeconds = parsed.GetValue(patience),
                IngestPid = parsed.GetValue(ingest),
            },
            cancellation));
        return command;
    }

    private static void Require(System.CommandLine.Parsing.OptionResult result, bool holds, string mistake)
    {
        if (!holds)
        {
            result.AddError(mistake);
        }
    }

    private static Task<int> RunAsync(SmsOptions options, CancellationToken cancellation) => LoadCommand.RunAsync(
        progress => new SmsScenario(options, progress, TimeProvider.System).RunAsync(cancellation), SmsJson.Default.SmsReport, report => report.IsFine);
}
