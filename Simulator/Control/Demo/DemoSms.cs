using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Twilio;

namespace Switchboard.Simulator.Control;

/// <summary>Options of the section <c>DemoTexts</c>.</summary>
internal sealed class DemoSmsOptions
{
    public const string Section = "DemoTexts";
    public const double MostPerMinute = 6000;

    /// <summary>One in ten minutes: of the 20 that a number may send an hour most are left to whoever tries something.</summary>
    public const double UsualPerMinute = 0.1;

    /// <summary>
    /// How many SMS a minute come from the demo number, 0 for none; without it a few, or none where there is no demo mail.
    /// </summary>
    [Range(0, MostPerMinute)]
    public double? PerMinute { get; set; }
}

/// <summary>Lets SMS come from the demo user's phone, the first some seconds after the start.</summary>
internal sealed class DemoSmsStream(
    SmsInbox inbox, IOptions<DemoSmsOptions> options, IOptions<DemoMailOptions> mail, TimeProvider timeProvider)
    : DemoStream(
        options.Value.PerMinute ?? (mail.Value.PerMinute == 0 ? 0 : DemoSmsOptions.UsualPerMinute), TimeSpan.FromSeconds(5), timeProvider)
{
    private readonly TimeProvider _time = timeProvider;

    // while the edge is not there yet the first SMS waits for it: the next one is minutes away
    protected override async Task SendAsync(int number, CancellationToken cancellationToken)
    {
        var sms = DemoSms.Make(number, Random.Shared);
        sms = sms with { MessageSid = Sids.Message(sms.Media is not null) };
        for (var failures = 1; (await inbox.ReceiveAsync(sms, cancellationToken)).Status is null or >= 500 && PerMinute > 0; failures++)
        {
            await Task.Delay(Redelivery.After(failures), _time, cancellationToken);
        }
    }
}

/// <summary>Makes up SMS such as one sends to oneself: with something to find in them, a picture or a voice message now and then.</summary>
internal static class DemoSms
{
    /// <summary>The demo user's verified phone.</summary>
    public const string Phone = "+15550100001";

    private static readonly string[] Shops = ["the hardware store", "the bakery", "the book shop", "the garage"];
    private static readonly string[] Errands = ["pick up the keys", "call the plumber back", "renew the train ticket", "water the plants"];
    private static readonly string[] People = ["Ann", "Ben", "Chloe", "David"];

    /// <summary>The SMS with a number: kinds take turns, details vary.</summary>
    public static NewSms Make(int number, Random random) => (number % 4) switch
    {
        0 => Receipt(random),
        1 => VoiceMessage(random),
        2 => Link(random),
        _ => Note(random),
    };

    private static NewSms Receipt(Random random) => new(
        Phone,
        Body: string.Create(CultureInfo.InvariantCulture, $"Receipt from {Pick(Shops, random)}: ${random.Next(300, 9000) / 100m:0.00}"),
        Media: [new NewMedia("image/jpeg", random.Next(80_000, 400_000))]);

    private static NewSms VoiceMessage(Random random)
    {
        var (seconds, errand, hour) = (random.Next(3, 9), Pick(Errands, random), random.Next(3, 8));
        return new NewSms(
            Phone,
            Media: [new NewMedia("audio/amr", Seconds: seconds, Says: $"Remember to {errand} before {hour} o'clock")]);
    }

    private static NewSms Link(Random random) => new(
        Phone, Body: $"Read later: https://news.example/stories/{random.Next(1000, 9999)} ({Pick(People, random)} sent it)");

    private static NewSms Note(Random random) => new(
        Phone, Body: $"{Pick(Errands, random)} on 12 March 2027, {Pick(People, random)} is at +1555010{random.Next(1000, 9999)}");

    private static T Pick<T>(T[] from, Random random) => from[random.Next(from.Length)];
}
