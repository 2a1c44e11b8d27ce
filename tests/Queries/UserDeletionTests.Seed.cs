using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Media;
using Switchboard.Core.Postgres;
using Switchboard.Core.Security;
using Switchboard.Core.Social.Media;

namespace Switchboard.Tests.Queries;

// a user with a row in every table, and providers that note what is ended
public sealed partial class UserDeletionTests
{
    private async Task SeedAsync(Seed seed)
    {
        var secrets = _services.GetRequiredService<SecretProtector>();
        using (var script = new StreamReader(typeof(UserDeletionTests).Assembly.GetManifestResourceStream("seed-user.sql")!))
            await Database.Command(
                (await script.ReadToEndAsync()).Replace("$user", seed.UserId.ToString(), StringComparison.Ordinal)
                    .Replace("$gmail", seed.GmailId.ToString(), StringComparison.Ordinal)
                    .Replace("$microsoft", seed.MicrosoftId.ToString(), StringComparison.Ordinal)
                    .Replace("$subscription", seed.SubscriptionId, StringComparison.Ordinal)
                    .Replace("$item", seed.ItemId.ToString(), StringComparison.Ordinal)
                    .Replace("$note", seed.NoteId.ToString(), StringComparison.Ordinal)
                    .Replace("$number", seed.PhoneNumber, StringComparison.Ordinal)).RunAsync(default);
        await Database.Command(
            "UPDATE mailboxes SET refresh_token = CASE provider WHEN 'gmail' THEN $2 ELSE $3 END WHERE user_id = $1",
            seed.UserId, secrets.Protect(seed.GmailToken, SecretColumn.RefreshToken("gmail-refresh-token"), seed.GmailId),
            secrets.Protect("graph-refresh", SecretColumn.RefreshToken("graph-refresh-token"), seed.MicrosoftId)).RunAsync(default);
        var file = Path.GetTempFileName();
        // one that its item knows, and one that a try left behind
        await _services.GetRequiredService<IMediaStore>().SaveAsync(MediaKey.Of(seed.UserId, seed.ItemId, 1), file, "image/png", default);
        await _services.GetRequiredService<IMediaStore>().SaveAsync(MediaKey.Of(seed.UserId, seed.ItemId, 2), file, "image/png", default);
        // an upload that is not whole, and what is there of it
        await _services.GetRequiredService<IMediaStore>().SaveAsync(
            SocialMediaKey.OfPart(seed.UserId, seed.ItemId, seed.NoteId), file, "application/octet-stream", default);
        await _services.GetRequiredService<IMediaStore>().SaveAsync(SocialMediaKey.Of(seed.UserId, seed.ItemId), file, "image/png", default);
        File.Delete(file);
    }

    private sealed class Seed
    {
        public Guid UserId { get; } = Guid.CreateVersion7();

        public Guid GmailId { get; } = Guid.CreateVersion7();

        public Guid MicrosoftId { get; } = Guid.CreateVersion7();

        public Guid ItemId { get; } = Guid.CreateVersion7();

        public Guid NoteId { get; } = Guid.CreateVersion7();

        public string SubscriptionId => $"subscription-{MicrosoftId}";

        public string GmailAddress => $"{GmailId}@gmail.test";

        public string GmailToken => $"refresh-{GmailId}";

        public string PhoneNumber => $"+1{UserId.ToByteArray().Aggregate(0L, (sum, one) => (sum * 31 + one) % 1_000_000_000):d9}";

        public IEnumerable<string> Names => [UserId.ToString(), GmailId.ToString(), MicrosoftId.ToString(), NoteId.ToString(), PhoneNumber];
    }

    /// <summary>Google and Microsoft: they give access, and note what is ended.</summary>
    private sealed class ScriptedProviders : HttpMessageHandler, IHttpClientFactory
    {
        public List<string> Ended { get; } = [];

        public HttpStatusCode Status { get; set; } = HttpStatusCode.NoContent;

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            if (request.RequestUri!.AbsolutePath.EndsWith("/token", StringComparison.Ordinal))
                return new(HttpStatusCode.OK) { Content = new StringContent("""{"access_token":"access"}"""), RequestMessage = request };
            lock (Ended)
                Ended.Add($"{request.Method} {request.RequestUri.AbsolutePath} {form.Replace("token=", "", StringComparison.Ordinal)}".TrimEnd());
            return new(Status) { RequestMessage = request };
        }
    }
}
