using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Google;

namespace Switchboard.Simulator.Control;

/// <summary>Options of the section <c>DemoMail</c>.</summary>
internal sealed class DemoMailOptions
{
    public const string Section = "DemoMail";
    public const int MostPerMinute = 6000;

    /// <summary>How many mails a minute come to demo@example.com; 0 for none.</summary>
    [Range(0, MostPerMinute)]
    public int PerMinute { get; set; } = 6;
}

/// <summary>Lets mails come to demo@example.com, the first a few seconds after the start.</summary>
internal sealed class DemoMailStream(Inbox inbox, IOptions<DemoMailOptions> options, TimeProvider timeProvider)
    : DemoStream(options.Value.PerMinute, TimeSpan.FromSeconds(3), timeProvider)
{
    protected override Task SendAsync(int number, CancellationToken cancellationToken)
    {
        inbox.Receive([DemoMails.Make(number, Random.Shared)]);
        return Task.CompletedTask;
    }
}

/// <summary>
/// Makes up mails such as come on a working day: bills and alerts, which the demo rules wait for, and news, which they don't.
/// </summary>
internal static class DemoMails
{
    private static readonly string[] Products = ["hosting", "support plan", "storage", "licences", "domain names", "e-mail archive"];
    private static readonly string[] Systems = ["checkout", "search", "payments", "login", "image service", "reports"];
    private static readonly string[] Regions = ["eu-west", "eu-north", "us-east", "ap-south"];
    private static readonly string[] Topics = ["what we read this week", "five small tools", "notes from the road", "a quieter inbox",
        "the autumn issue"];

    /// <summary>The mail with a number: kinds take turns, details vary.</summary>
    public static NewMail Make(int number, Random random) => (number % 5) switch
    {
        0 or 3 => Invoice(random),
        1 => Alert(random),
        2 => Newsletter(random),
        _ => Recovery(random),
    };

    private static NewMail Invoice(Random random)
    {
        var (number, amount, product) = (random.Next(1000, 9999), random.Next(900, 90_000) / 100m, Pick(Products, random));
        return new NewMail(
            Mailboxes.Demo,
            "Acme Billing <billing@acme.test>",
            $"Invoice {number} for {product}",
            $"Hello,\n\nyour invoice {number} for {product} is ready. EUR {amount:0.00} are due within {Pick([7, 14, 30], random)} days.\n\nAcme Billing",
            Attachments: [new NewAttachment($"invoice-{number}.pdf", "application/pdf", random.Next(20_000, 90_000))]);
    }

    private static NewMail Alert(Random random)
    {
        var (system, region) = (Pick(Systems, random), Pick(Regions, random));
        return new NewMail(
            Mailboxes.Demo,
            $"Status <alerts@{region}.status.test>",
            $"[ALERT] {system} is slow in {region}",
            $"The {system} in {region} answered in {random.Next(900, 5000)} ms at the 95th percentile over the last 5 minutes (limit 800 ms). "
            + $"Error rate {random.Next(1, 90) / 10m:0.0} %.\nWe are looking into it.");
    }

    private static NewMail Recovery(Random random)
    {
        var (system, region) = (Pick(Systems, random), Pick(Regions, random));
        return new NewMail(
            Mailboxes.Demo,
            $"Status <alerts@{region}.status.test>",
            $"[RESOLVED] {system} is back to normal in {region}",
            $"The {system} in {region} has been well for 10 minutes. It was impaired for {random.Next(3, 55)} minutes.");
    }

    private static NewMail Newsletter(Random random)
    {
        var topic = Pick(Topics, random);
        return new NewMail(
            Mailboxes.Demo,
            "The Weekly Letter <hello@letters.example>",
            $"The Weekly Letter: {topic}",
            $"Good morning! This time: {topic}. Settle down with a cup of tea.",
            Html: $"<h1>The Weekly Letter</h1><p>Good morning! This time: <b>{topic}</b>. Settle down with a cup of tea.</p>");
    }

    private static T Pick<T>(T[] from, Random random) => from[random.Next(from.Length)];
}
