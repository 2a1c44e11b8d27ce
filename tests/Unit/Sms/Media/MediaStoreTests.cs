using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Switchboard.Core.Media;
using Switchboard.Tests.Unit.Providers;

namespace Switchboard.Tests.Unit.Sms.Media;

public sealed class MediaStoreTests : Scratch
{
    private const string Key = "user/item";

    // what storage over HTTP has: by path, the type and the bytes
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> _objects = new();
    private readonly ConcurrentQueue<string> _requests = new();

    [Fact]
    public async Task A_folder_keeps_what_is_saved_replaces_it_whole_and_forgets_it()
    {
        var place = Path.Combine(Folder, "media");
        await KeepsAsync(Store(("Media:Folder", place)));

        Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../other")]
    [InlineData("user/../../other")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("user/")]
    public async Task A_folder_has_nothing_outside_of_it(string key)
    {
        var store = Store(("Media:Folder", Path.Combine(Folder, "media")));

        await Should.ThrowAsync<ArgumentException>(() => store.SaveAsync(key, Write([1]), "image/png", default));
        await Should.ThrowAsync<ArgumentException>(() => store.OpenAsync(key, default));
        await Should.ThrowAsync<ArgumentException>(() => store.DeleteAsync(key, default));
    }

    [Fact]
    public async Task Who_reads_a_file_of_a_folder_that_is_replaced_reads_the_former()
    {
        var store = Store(("Media:Folder", Path.Combine(Folder, "media")));
        await store.SaveAsync(Key, Write([1, 2, 3]), "image/png", default);
        await using var former = (await store.OpenAsync(Key, default))!;

        await store.SaveAsync(Key, Write([4]), "image/png", default);

        (await ReadAsync(former)).ShouldBe([1, 2, 3]);
        (await ReadAsync((await store.OpenAsync(Key, default))!)).ShouldBe([4]);
    }

    [Fact]
    public async Task What_a_process_that_died_left_beside_goes_with_the_first_file_of_another_and_what_is_written_does_not()
    {
        var unfinished = Directory.CreateDirectory(Path.Combine(Folder, "media", ".unfinished")).FullName;
        File.WriteAllText(Path.Combine(unfinished, "left"), "left");
        await using var written = new FileStream(Path.Combine(unfinished, "written"), FileMode.CreateNew, FileAccess.Write, FileShare.None);

        await Store(("Media:Folder", Path.Combine(Folder, "media"))).SaveAsync(Key, Write([1]), "image/png", default);

        Directory.EnumerateFiles(unfinished).Select(Path.GetFileName).ShouldBe(["written"]);
    }

    [Fact]
    public async Task A_file_that_is_not_there_to_be_kept_leaves_nothing()
    {
        var store = Store(("Media:Folder", Path.Combine(Folder, "media")));

        await Should.ThrowAsync<FileNotFoundException>(() => store.SaveAsync(Key, Path.Combine(Folder, "none"), "image/png", default));

        (await store.OpenAsync(Key, default)).ShouldBeNull();
        Directory.EnumerateFiles(Path.Combine(Folder, "media"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bucket_keeps_what_is_saved()
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        var store = Store(
            ("Media:Store", "s3"), ("Media:S3:Endpoint", server.Url.ToString()), ("Media:S3:Region", "us-east-1"), ("Media:S3:Bucket", "texts"),
            ("Media:S3:AccessKey", "AK"), ("Media:S3:SecretKey", "secret"));

        await KeepsAsync(store);

        _requests.ShouldContain("PUT /texts/user/item image/png");
        _objects.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_container_is_made_and_keeps_what_is_saved()
    {
        await using var server = await LoopbackServer.StartAsync(AnswerAsync);
        var account = $"DefaultEndpointsProtocol=http;AccountName=acc;AccountKey={Convert.ToBase64String(new byte[32])};BlobEndpoint={server.Url}acc;";
        var store = Store(("Media:Store", "azure"), ("Media:Azure:ConnectionString", account), ("Media:Azure:Container", "texts"));

        await KeepsAsync(store);

        _requests.Count(request => request.StartsWith("PUT /acc/texts?", StringComparison.Ordinal)).ShouldBe(1);
        _requests.ShouldContain("PUT /acc/texts/user/item image/png");
        _objects.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Media:Folder", "Media:Store", "local")]
    [InlineData("Media:Folder is 'media'", "Media:Folder", "media")]
    [InlineData("Media:Store is 'ftp'", "Media:Store", "ftp")]
    [InlineData("Media:S3:Bucket", "Media:Store", "s3")]
    [InlineData("Media:S3:Region", "Media:Store", "s3")]
    [InlineData("Media:S3:Endpoint is 'here'", "Media:Store", "s3", "Media:S3:Endpoint", "here")]
    [InlineData("Media:S3:SecretKey", "Media:Store", "s3", "Media:S3:AccessKey", "AK")]
    [InlineData("Media:Azure:ConnectionString", "Media:Store", "azure")]
    [InlineData("Media:Azure:ConnectionString is not a connection string", "Media:Store", "azure", "Media:Azure:ConnectionString", "x")]
    [InlineData("Media:Azure:Container is 'A'", "Media:Store", "azure", "Media:Azure:Container", "A")]
    public void Without_what_its_store_needs_a_process_does_not_start_and_says_what_to_set(string message, params string[] settings)
    {
        using var services = Services([.. settings.Chunk(2).Select(pair => (pair[0], pair[1]))]);

        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain(message);
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        await using (stream)
        {
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            return copy.ToArray();
        }
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        return new ServiceCollection().AddMediaStore(configuration).BuildServiceProvider();
    }

    private static IMediaStore Store(params (string Key, string Value)[] settings) => Services(settings).GetRequiredService<IMediaStore>();

    private async Task KeepsAsync(IMediaStore store)
    {
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        (await store.OpenAsync(Key, default)).ShouldBeNull();
        await store.DeleteAsync(Key, default);

        await store.SaveAsync(Key, Write([9, 9]), "image/gif", default);
        await store.SaveAsync(Key, Write(content), "image/png", default);
        (await ReadAsync((await store.OpenAsync(Key, default)).ShouldNotBeNull())).ShouldBe(content);

        await store.DeleteAsync(Key, default);
        (await store.OpenAsync(Key, default)).ShouldBeNull();
        await store.DeleteAsync(Key, default);
    }

    // PUT, GET and DELETE of an object as S3 and Azure have in common
    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        string path = request.Path;
        var type = request.Headers["x-ms-blob-content-type"].FirstOrDefault() ?? request.ContentType;
        _requests.Enqueue($"{request.Method} {path}{request.QueryString} {type}".TrimEnd());
        request.Headers.Authorization.ToString().ShouldNotBeEmpty();
        if (request.Method == "PUT" && request.QueryString.HasValue)
        {
            response.StatusCode = 201;
        }
        else if (request.Method == "PUT")
        {
            using var content = new MemoryStream();
            await request.Body.CopyToAsync(content);
            _objects[path] = (type!, content.ToArray());
            response.StatusCode = path.StartsWith("/acc/", StringComparison.Ordinal) ? 201 : 200;
            Describe(response, _objects[path].Content);
        }
        else if (request.Method == "DELETE")
        {
            var isThere = _objects.TryRemove(path, out _);
            response.StatusCode = path.StartsWith("/acc/", StringComparison.Ordinal) ? isThere ? 202 : 404 : 204;
            response.Headers["x-ms-error-code"] = "BlobNotFound";
        }
        else if (_objects.TryGetValue(path, out var found))
        {
            (response.ContentType, response.ContentLength) = (found.Type, found.Content.Length);
            Describe(response, found.Content);
            response.Headers["x-ms-blob-type"] = "BlockBlob";
            await response.Body.WriteAsync(found.Content);
        }
        else
        {
            response.StatusCode = 404;
            response.ContentType = "application/xml";
            response.Headers["x-ms-error-code"] = "BlobNotFound";
            await response.WriteAsync("<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>None.</Message></Error>");
        }
    }

    // S3's client holds what arrives against the tag
    private static void Describe(HttpResponse response, byte[] content)
    {
#pragma warning disable CA5351 // not for secrecy
        response.Headers.ETag = $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";
#pragma warning restore CA5351
        response.Headers.LastModified = "Tue, 24 Nov 2026 02:00:00 GMT";
    }
}
