using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Providers;
using Switchboard.Core.Security;
using Switchboard.Simulator;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Channels.Email;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Tests.Dispatch;

/// <summary>Mail to the simulator's mail server, which a test tells what to refuse, and addresses on a real database.</summary>
public sealed class EmailChannelTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private const string Ann = "ann@contoso.test";

    private readonly Dictionary<string, string?> _settings = new()
    {
        ["Email:Host"] = "127.0.0.1",
        ["Email:Security"] = "none",
        ["Email:UserName"] = "demo",
        ["Email:Password"] = "demo-smtp-password",
        ["Email:From"] = "hello@example.com",
        ["Email:BounceAddress"] = "bounce@example.com",
        ["Email:MaxConnections"] = "2",
        ["Encryption:Key"] = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    };

    private readonly WebApplication _simulator = SimulatorHost.Build(
        ["--urls=http://127.0.0.1:0", "--Smtp:Port=0", "--DemoMail:PerMinute=0", "--Logging:LogLevel:Default=Error"]);

    private readonly List<ServiceProvider> _processes = [];
    private HttpClient _control = null!;

    public async ValueTask InitializeAsync()
    {
        await _simulator.StartAsync();
        _control = new HttpClient { BaseAddress = new(_simulator.Urls.First()) };
        _settings["Email:Port"] = $"{(int)(await ControlAsync("/_sim/smtp"))["port"]!}";
        _settings["Email:Attachments:PrivateBaseUrl"] = _simulator.Urls.First();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _control.Dispose();
        await _simulator.StopAsync();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task Mails_go_one_after_the_other_over_the_same_connection_each_to_its_own_recipient()
    {
        var channel = Channel();
        var (first, second) = (Message(Ann), Message("ben@contoso.test"));

        (await channel.SendAsync(first, default)).ShouldBe(new SendResult.Accepted($"<{first.NotificationId}@example.com>", 250));
        (await channel.SendAsync(second, default)).ShouldBeOfType<SendResult.Accepted>();

        var mails = await MailsAsync();
        mails.Select(mail => (string)mail["to"]!).ShouldBe([Ann, "ben@contoso.test"]);
        mails.Select(mail => (string)mail["from"]!).ShouldBe(
            [$"bounce+{first.NotificationId:N}@example.com", $"bounce+{second.NotificationId:N}@example.com"]);
        ((int)(await ControlAsync("/_sim/smtp"))["connections"]!).ShouldBe(1);
    }

    [Fact]
    public async Task At_once_there_are_no_more_connections_than_are_allowed()
    {
        var channel = Channel();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => channel.SendAsync(Message(Ann), default)));

        results.ShouldAllBe(result => result is SendResult.Accepted);
        (await MailsAsync()).Count.ShouldBe(20);
        ((int)(await ControlAsync("/_sim/smtp"))["connections"]!).ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task A_connection_that_was_closed_meanwhile_is_replaced_and_no_attempt_is_lost()
    {
        var channel = Channel();
        await channel.SendAsync(Message(Ann), default);
        // the next command over the kept connection finds it closed
        await FailAsync(new { mode = "reset", count = 1 });

        (await channel.SendAsync(Message("ben@contoso.test"), default)).ShouldBeOfType<SendResult.Accepted>();

        (await MailsAsync()).Select(mail => (long)mail["connection"]!).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task What_is_said_of_one_recipient_concerns_that_one_alone()
    {
        var channel = Channel();
        await FailAsync(new { status = 550, code = "5.7.1", containing = "blocked@" });
        await FailAsync(new { status = 450, code = "4.2.0", containing = "grey@" });

        var blocked = Failure(await channel.SendAsync(Message("blocked@contoso.test"), default));
        var grey = Failure(await channel.SendAsync(Message("grey@contoso.test"), default));
        (await channel.SendAsync(Message(Ann), default)).ShouldBeOfType<SendResult.Accepted>();

        (blocked.Kind, blocked.HttpStatus, blocked.Code).ShouldBe((FailureKind.Permanent, 550, "5.7.1"));
        (grey.Kind, grey.Code, grey.RetryAfter).ShouldBe((FailureKind.Transient, "4.2.0", TimeSpan.FromMinutes(5)));
        ((int)(await ControlAsync("/_sim/smtp"))["connections"]!).ShouldBe(1, "the connection is good for the next one");
    }

    [Fact]
    public async Task An_address_without_a_mailbox_is_turned_off_for_its_user_alone()
    {
        var channel = Channel();
        var (mine, another) = (Message("gone@contoso.test"), Message("gone@contoso.test"));
        await AddressAsync(mine);
        await AddressAsync(another);
        await FailAsync(new { status = 550, code = "5.1.1", containing = "gone@" });

        Failure(await channel.SendAsync(mine, default)).Kind.ShouldBe(FailureKind.Permanent);

        (await DisabledAsync(mine.UserId)).ShouldBe("The mail server answered 550 5.1.1 <gone@contoso.test>: No such user here");
        (await DisabledAsync(another.UserId)).ShouldBeNull();
    }

    [Fact]
    public async Task A_mail_whose_answer_is_lost_after_the_final_dot_is_in_doubt_and_has_the_same_id_when_it_is_sent_again()
    {
        var channel = Channel();
        var message = Message(Ann);
        await FailAsync(new { mode = "accept-then-reset", count = 1 });

        Failure(await channel.SendAsync(message, default)).Kind.ShouldBe(FailureKind.UnknownOutcome);
        (await channel.SendAsync(message, default)).ShouldBeOfType<SendResult.Accepted>();

        var mails = await MailsAsync();
        mails.Count.ShouldBe(2);
        mails.Select(mail => ((string)mail["messageId"]!, (string)mail["headers"]!["Date"]!)).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_before_it_has_the_mail_has_not_taken_it()
    {
        _settings["Email:TimeoutSeconds"] = "0.5";
        var channel = Channel();
        await FailAsync(new { mode = "timeout", count = 1 });

        var failure = Failure(await channel.SendAsync(Message(Ann), default));

        (failure.Kind, failure.Error).ShouldBe((FailureKind.Transient, "The mail server did not answer within 0.5 s."));
        (await channel.SendAsync(Message(Ann), default)).ShouldBeOfType<SendResult.Accepted>("the half-way connection is not used again");
    }

    [Fact]
    public async Task A_password_that_is_not_taken_is_tried_once_and_holds_all_mail()
    {
        _settings["Email:Password"] = "wrong";
        var channel = Channel();

        var failures = new List<ProviderFailure>();
        for (var i = 0; i < 3; i++)
            failures.Add(Failure(await channel.SendAsync(Message(Ann), default)));

        failures.ShouldAllBe(failure =>
            failure.Kind == FailureKind.Unauthorized && failure.HttpStatus == 535 && failure.RetryAfter <= TimeSpan.FromMinutes(1));
        ((int)(await ControlAsync("/_sim/smtp"))["connections"]!).ShouldBe(1);
    }

    [Fact]
    public async Task While_the_server_is_away_mail_waits_without_an_attempt()
    {
        _settings["Email:Port"] = "1";
        var channel = Channel();

        for (var i = 0; i < 10; i++)
            Failure(await channel.SendAsync(Message(Ann), default)).Kind.ShouldBe(FailureKind.Transient);
        var waiting = Failure(await channel.SendAsync(Message(Ann), default));

        (waiting.Kind, waiting.HttpStatus).ShouldBe((FailureKind.Throttled, null));
        waiting.RetryAfter.ShouldNotBeNull().ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Files_go_along_and_one_that_cannot_be_had_fails_the_mail()
    {
        var channel = Channel();
        var home = new AttachmentReference("start.html", $"{_simulator.Urls.First()}/");

        (await SendAsync(home, home with { Name = "again.txt", ContentType = "text/plain" })).ShouldBeOfType<SendResult.Accepted>();
        var gone = Failure(await SendAsync(home with { Name = "gone.pdf", Url = $"{_simulator.Urls.First()}/gone" }));
        var hidden = Failure(await SendAsync(home with { Url = "http://127.0.0.1:1/secrets" }));
        var local = Failure(await SendAsync(home with { Url = "file:///etc/passwd" }));
        var many = Failure(await SendAsync([.. Enumerable.Repeat(home, 11)]));

        var files = (await MailsAsync()).ShouldHaveSingleItem()["attachments"]!.AsArray();
        files.Select(file => $"{file!["name"]} {file["contentType"]}").ShouldBe(["start.html text/html", "again.txt text/plain"]);
        files.ShouldAllBe(file => (long)file!["size"]! > 1_000);
        (gone.Kind, gone.Error).ShouldBe((FailureKind.Permanent, "The attachment gone.pdf cannot be fetched: HTTP 404."));
        new[] { hidden, local, many }.ShouldAllBe(failure => failure.Kind == FailureKind.Permanent);
        hidden.Error.ShouldContain("no public address");

        Task<SendResult> SendAsync(params AttachmentReference[] files) => channel.SendAsync(Message(Ann, new() { Attachments = files }), default);
    }

    [Fact]
    public async Task An_address_beyond_ascii_is_reached_where_the_server_takes_it()
    {
        (await Channel().SendAsync(Message("jörg@bücher.example"), default)).ShouldBeOfType<SendResult.Accepted>();

        ((string)(await MailsAsync()).ShouldHaveSingleItem()["to"]!).ShouldBe("jörg@bücher.example");
    }

    [Fact]
    public async Task Without_a_server_each_mail_fails_and_says_what_to_set()
    {
        _settings["Email:Host"] = null;

        Failure(await Channel().SendAsync(Message(Ann), default)).ShouldBe(
            new ProviderFailure(FailureKind.Permanent, "No mail can be sent: Email:Host is not set."));
    }

    private IChannel Channel()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build());
        services.AddSingleton<IHostEnvironment>(new Development());
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(NpgsqlDataSource.Create(postgres.ConnectionString));
        services.AddSecretProtector();
        services.AddOptions<DispatchOptions>();
        services.AddEmail();
        var process = services.BuildServiceProvider();
        _processes.Add(process);
        return process.GetRequiredService<IChannel>();
    }

    private static ChannelMessage Message(string recipient, NotificationContent? content = null) =>
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), recipient, "Hello", new(2026, 11, 29, 10, 0, 0, TimeSpan.Zero), content);

    private static ProviderFailure Failure(SendResult result) => result.ShouldBeOfType<SendResult.Failed>().Failure;

    private async Task<JsonNode> ControlAsync(string path) => (await _control.GetFromJsonAsync<JsonNode>(path))!;

    private async Task<List<JsonNode>> MailsAsync() =>
        [.. (await ControlAsync("/_sim/smtp/messages"))["items"]!.AsArray().Select(mail => mail!)];

    private async Task FailAsync(object fault)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(fault)!.AsObject();
        body["provider"] = "smtp";
        using var response = await _control.PostAsJsonAsync("/_sim/faults", body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    private async Task AddressAsync(ChannelMessage message)
    {
        var recipient = Guid.CreateVersion7();
        await ExecuteAsync(
            "INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, 'Someone', now())", message.UserId, $"{message.UserId:n}@example.com");
        await ExecuteAsync(
            """
            WITH made AS (INSERT INTO recipients (id, user_id, external_id, created_at, updated_at) VALUES ($1, $2, 'r', now(), now()))
            INSERT INTO recipient_addresses (id, user_id, recipient_id, channel, address, fingerprint, created_at)
            VALUES ($1, $2, $1, 'email', $3, $4, now())
            """,
            recipient, message.UserId, message.Recipient, RecipientAddressStore.Fingerprint("email", "", message.Recipient));
    }

    private Task<object?> DisabledAsync(Guid user) =>
        ExecuteAsync("SELECT disabled_reason FROM recipient_addresses WHERE user_id = $1 AND disabled_at IS NOT NULL", user);

    private async Task<object?> ExecuteAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync();
    }

    private sealed class Development : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = Environments.Development;

        public string ApplicationName { get; set; } = "dispatch";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
