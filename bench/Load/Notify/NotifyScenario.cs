using System.Globalization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Notify;

/// <summary>Makes a topic with its followers, tells them by one call, and checks what each of them got.</summary>
internal sealed class NotifyScenario(NotifyOptions options, LoadProgress progress, TimeProvider timeProvider)
{
    private const string Topic = "load";

    public async Task<NotifyReport> RunAsync(CancellationToken cancellationToken)
    {
        using var edge = new ApiClient(options.Edge, "--edge", timeProvider);
        using var simulator = new ApiClient(options.Simulator, "--simulator", timeProvider);
        await edge.CheckAsync("/alive", cancellationToken);
        await simulator.CheckAsync("/alive", cancellationToken);
        var token = new RunToken(timeProvider.GetUtcNow());
        var user = await new LoadUsers(edge, options.Key, token).CreateOneAsync(["notifications", "analytics"], cancellationToken);
        var followers = new Followers(edge, user, token, options.Recipients);
        await progress.StageAsync(
            $"Run {token.Run}: making {options.Recipients} recipients that follow a topic", options.Recipients,
            async report => { await followers.MakeAsync(Topic, report, cancellationToken); return 0; });

        var expected = options.Channels.Sum(channel => (long)(channel == "sms" ? followers.WithSms : options.Recipients));
        var begun = timeProvider.GetUtcNow();
        var request = await edge.PostAsync(
            "/api/notify", user.Key,
            new NewNotify([new(Topic)], new("News", $"{token.Of(0)} for all"), options.Channels),
            NotifyJson.Default.NewNotify, NotifyJson.Default.Made, cancellationToken);
        var postMs = (timeProvider.GetUtcNow() - begun).TotalMilliseconds;

        var check = new NotifyCheck(edge, simulator, user, options, timeProvider);
        var deliveredAt = await progress.StageAsync(
            $"Waiting for {expected} messages to be delivered", expected, report => check.WaitAsync(expected, report, cancellationToken));
        var result = await progress.StageAsync(
            "Checking each of them", 1, _ => check.ReadAsync(request.Id, token.Of(0), begun, followers, cancellationToken));

        var seconds = (deliveredAt - begun).TotalSeconds;
        return new(
            options.Recipients, expected, Math.Round(postMs, 1), Math.Round((result.PlannedAt - begun)?.TotalSeconds ?? -1, 2),
            Math.Round(seconds, 2), Math.Round((expected - result.Lost) / seconds, 1), result.Counts, result.Lost, result.Duplicated,
            result.Unexpected);
    }
}

/// <summary>The recipients of a run, each with an address for every channel; each tenth does not want SMS.</summary>
internal sealed class Followers(ApiClient edge, LoadUser user, RunToken token, int count)
{
    private const int PerCall = 1_000;
    private const int MaxParallel = 8;

    /// <summary>How many want SMS.</summary>
    public int WithSms => ByPhone.Count - ((ByPhone.Count + 9) / 10);

    /// <summary>Whether one wants SMS.</summary>
    public static bool WantsSms(int number) => number % 10 != 0;

    /// <summary>Their numbers, by the phone number.</summary>
    public IReadOnlyDictionary<string, int> ByPhone { get; } =
        Enumerable.Range(0, count).ToDictionary(PhoneOf, number => number);

    /// <summary>What the user calls one.</summary>
    public string IdOf(int number) => token.Of(number);

    public async Task MakeAsync(string topic, Action<double> report, CancellationToken cancellationToken)
    {
        await edge.PostAsync(
            "/api/topics", user.Key, new(topic), NotifyJson.Default.NewTopic, NotifyJson.Default.JsonElement, cancellationToken);
        foreach (var chunk in Enumerable.Range(0, ByPhone.Count).Chunk(PerCall))
        {
            await Parallel.ForEachAsync(
                chunk, new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken }, MakeAsync);
            await edge.PostAsync(
                $"/api/topics/{topic}/members", user.Key, new([.. chunk.Select(IdOf)]), NotifyJson.Default.NewMembers,
                NotifyJson.Default.JsonElement, cancellationToken);
            report(chunk[^1] + 1);
        }
    }

    private async ValueTask MakeAsync(int number, CancellationToken cancellationToken)
    {
        var phone = PhoneOf(number);
        await edge.PostAsync(
            "/api/recipients", user.Key, new(IdOf(number), $"{IdOf(number)}@load.test", phone, phone), NotifyJson.Default.NewRecipient,
            NotifyJson.Default.JsonElement, cancellationToken);
        if (!WantsSms(number))
            await edge.PutAsync(
                $"/api/recipients/{IdOf(number)}/preferences", user.Key,
                new(new Dictionary<string, IReadOnlyDictionary<string, bool>> { ["*"] = new Dictionary<string, bool> { ["sms"] = false } }),
                NotifyJson.Default.Preferences, NotifyJson.Default.JsonElement, cancellationToken);
    }

    // numbers that the plan of their country can have
    private static string PhoneOf(int number) => string.Create(CultureInfo.InvariantCulture, $"+1415{2_000_000 + number:D7}");
}

internal sealed record NewRecipient(string Id, string Email, string Phone, string Whatsapp);

internal sealed record NewTopic(string Name);

internal sealed record NewMembers(IReadOnlyList<string> Recipients);

internal sealed record Preferences(
    [property: System.Text.Json.Serialization.JsonPropertyName("preferences")] IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Choices);

internal sealed record NewNotify(IReadOnlyList<ToTopic> To, NewContent Content, IReadOnlyList<string> Channels);

internal sealed record ToTopic(string Topic);

internal sealed record NewContent(string Subject, string Body);

internal sealed record Made(Guid Id);
