using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Media;
using Switchboard.Core.Providers;
using Switchboard.Workers.Ingest.Providers.Speech;
using Switchboard.Workers.Ingest.Providers.Twilio;
using Switchboard.Workers.Ingest.Sms.Media;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Tests.Unit.Sms.Media;

public sealed class MediaEnrichmentTests : Scratch
{
    private const string Url = "https://api.test/2010-04-01/Media/ME1";
    private static readonly byte[] Png = Bytes.Of(new byte[] { 0x89 }, "PNG\r\n", new byte[] { 0x1A, 0x0A }, new byte[100]);

    private readonly MediaItem _item = new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), 1, Url, "image/png", null, DateTimeOffset.UnixEpoch, "+1", default);

    private Func<HttpResponseMessage> _media = () => Media(Png, "image/png");
    private Func<HttpResponseMessage> _speech = () => new(HttpStatusCode.OK) { Content = new StringContent("""{"results":[{"alternatives":[{"transcript":"hello","confidence":0.9}]}]}""") };
    private int _downloads;

    [Fact]
    public async Task A_picture_is_kept_under_the_name_of_its_item_and_no_temporary_file_is_left()
    {
        (await RunAsync(_item)).ShouldBe(new EnrichmentResult.Completed(Key, "image/png", Png.Length, null));

        File.ReadAllBytes(Path.Combine(Folder, "media", Key)).ShouldBe(Png);
        Temporary.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_said_in_audio_comes_with_it()
    {
        _media = () => Media(Bytes.Amr(100), "application/octet-stream");

        (await RunAsync(_item with { ContentType = "audio/amr" })).ShouldBe(
            new EnrichmentResult.Completed(Key, "audio/amr", Bytes.Amr(100).Length, new Transcript("hello", 0.9f, null)));
    }

    [Theory]
    [InlineData("image/jpeg", "It was announced as image/jpeg but is image/png.")]
    [InlineData("text/html", "It was announced as text/html but is image/png.")]
    public async Task Of_a_file_that_is_not_what_it_says_nothing_is_kept(string said, string reason)
    {
        (await RunAsync(_item with { ContentType = said })).ShouldBe(new EnrichmentResult.Failed(new(FailureKind.Permanent, reason), reason, null));

        NothingIsKept();
    }

    [Fact]
    public async Task An_empty_file_is_refused()
    {
        _media = () => Media([], "image/png");

        (await RunAsync(_item)).ShouldBeOfType<EnrichmentResult.Failed>().Failure.Error.ShouldBe("It is empty.");
        NothingIsKept();
    }

    [Fact]
    public async Task A_file_over_the_limit_is_not_kept_nor_left()
    {
        _media = () => Media(new byte[(5 * 1024 * 1024) + 1], "image/png");

        (await RunAsync(_item)).ShouldBeOfType<EnrichmentResult.Failed>().Failure.Error.ShouldBe("It is larger than 5 MB.");
        NothingIsKept();
    }

    [Fact]
    public async Task Without_an_address_there_is_nothing_to_fetch() =>
        (await RunAsync(_item with { MediaUrl = null })).ShouldBeOfType<EnrichmentResult.Failed>().Failure.Kind.ShouldBe(FailureKind.Permanent);

    [Fact]
    public async Task While_speech_is_away_the_file_stays_and_is_not_fetched_again()
    {
        var speech = _speech;
        _media = () => Media(Bytes.Amr(100), "audio/amr");
        _speech = () => new(HttpStatusCode.ServiceUnavailable);
        var item = _item with { ContentType = "audio/amr" };

        var failed = (await RunAsync(item)).ShouldBeOfType<EnrichmentResult.Failed>();
        (failed.Failure.Kind, failed.StorageKey).ShouldBe((FailureKind.Transient, Key));
        _speech = speech;
        (await RunAsync(item with { StorageKey = failed.StorageKey })).ShouldBeOfType<EnrichmentResult.Completed>().Transcript!.Text.ShouldBe("hello");
        _downloads.ShouldBe(1);

        // and is fetched if it is gone
        File.Delete(Path.Combine(Folder, "media", Key));
        (await RunAsync(item with { StorageKey = failed.StorageKey })).ShouldBeOfType<EnrichmentResult.Completed>();
        _downloads.ShouldBe(2);
        Temporary.ShouldBeEmpty();
    }

    [Fact]
    public async Task When_the_store_is_away_it_is_for_now_and_the_job_says_what_it_was()
    {
        File.WriteAllText(Path.Combine(Folder, "media"), "a file where the folder should be");

        var failed = (await RunAsync(_item)).ShouldBeOfType<EnrichmentResult.Failed>();

        failed.Failure.Kind.ShouldBe(FailureKind.Transient);
        failed.Failure.Error.ShouldBe("It could not be kept here.");
        failed.Error.ShouldStartWith("DirectoryNotFoundException: ");
        Temporary.ShouldBeEmpty();
    }

    private string Key => $"{_item.UserId}/{_item.Id}-{_item.Attempt}";

    private IEnumerable<string> Temporary => Directory.Exists(Path.Combine(Folder, "temp"))
        ? Directory.EnumerateFileSystemEntries(Path.Combine(Folder, "temp"), "*", SearchOption.AllDirectories)
        : [];

    private void NothingIsKept()
    {
        Directory.Exists(Path.Combine(Folder, "media")).ShouldBeFalse();
        Temporary.ShouldBeEmpty();
    }

    private static HttpResponseMessage Media(byte[] content, string type) =>
        new(HttpStatusCode.OK) { Content = new ByteArrayContent(content) { Headers = { ContentType = new(type) } } };

    private async Task<EnrichmentResult> RunAsync(MediaItem item)
    {
        await using var services = Services();
        var temp = services.GetRequiredService<TempFolder>();
        await temp.StartAsync(default);
        var result = await services.GetRequiredService<MediaEnrichment>().RunAsync(item, default);
        Directory.EnumerateFiles(Path.Combine(Folder, "temp"), "*", SearchOption.AllDirectories).ShouldAllBe(file => file.EndsWith(".lock"));
        await temp.StopAsync(default);
        return result;
    }

    private ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Twilio:AccountSid"] = "ACdemo",
            ["Twilio:AuthToken"] = "token",
            ["Twilio:ApiBaseUrl"] = "https://api.test",
            ["Speech:BaseUrl"] = "https://speech.test",
            ["Speech:ApiKey"] = "key",
            ["Media:Folder"] = Path.Combine(Folder, "media"),
            ["Media:TempFolder"] = Path.Combine(Folder, "temp"),
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddMediaStore(configuration);
        services.AddMediaDownload();
        services.AddSpeech();
        services.AddSingleton<TempFolder>();
        services.AddSingleton<MediaEnrichment>();
        foreach (var client in new[] { MediaDownload.HttpClientName, SpeechClient.HttpClientName })
            services.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(() => new Network(this));
        return services.BuildServiceProvider();
    }

    private sealed class Network(MediaEnrichmentTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Host == "speech.test")
                return Task.FromResult(test._speech());
            test._downloads++;
            return Task.FromResult(test._media());
        }
    }
}
