using System.Globalization;
using Switchboard.Simulator.Twilio;

namespace Switchboard.Simulator.Demo;

/// <summary>Makes up texts such as one sends to oneself: with something to find in them, a picture or a voice message now and then.</summary>
internal static class DemoTexts
{
    /// <summary>The demo user's verified phone.</summary>
    public const string Phone = "+15550100001";

    private static readonly string[] Shops = ["the hardware store", "the bakery", "the book shop", "the garage"];
    private static readonly string[] Errands = ["pick up the keys", "call the plumber back", "renew the train ticket", "water the plants"];
    private static readonly string[] People = ["Ann", "Ben", "Chloe", "David"];

    /// <summary>The text with a number: kinds take turns, details vary.</summary>
    public static NewText Make(int number, Random random) => (number % 4) switch
    {
        0 => Receipt(random),
        1 => VoiceMessage(random),
        2 => Link(random),
        _ => Note(random),
    };

    private static NewText Receipt(Random random) => new(
        Phone,
        Body: string.Create(CultureInfo.InvariantCulture, $"Receipt from {Pick(Shops, random)}: ${random.Next(300, 9000) / 100m:0.00}"),
        Media: [new NewMedia("image/jpeg", random.Next(80_000, 400_000))]);

    private static NewText VoiceMessage(Random random)
    {
        var seconds = random.Next(3, 9);
        return new NewText(
            Phone,
            Media: [new NewMedia("audio/amr", Seconds: seconds, Says: $"Remember to {Pick(Errands, random)} before {random.Next(3, 8)} o'clock")]);
    }

    private static NewText Link(Random random) => new(
        Phone, Body: $"Read later: https://news.example/stories/{random.Next(1000, 9999)} ({Pick(People, random)} sent it)");

    private static NewText Note(Random random) => new(
        Phone, Body: $"{Pick(Errands, random)} on 12 March 2027, {Pick(People, random)} is at +1555010{random.Next(1000, 9999)}");

    private static T Pick<T>(T[] from, Random random) => from[random.Next(from.Length)];
}
