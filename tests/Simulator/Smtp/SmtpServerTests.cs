using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Switchboard.Tests.Simulator.Smtp;

/// <summary>The mail server, by a real client and by what no client should send.</summary>
public sealed class SmtpServerTests
{
    [Fact]
    public async Task A_mail_is_taken_over_tls_by_whoever_logs_in_and_shown_with_all_it_has()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var client = await ConnectAsync(simulator, SecureSocketOptions.StartTls);
        client.IsSecure.ShouldBeTrue();
        await client.AuthenticateAsync("demo", "demo-smtp-password");
        var body = new BodyBuilder { TextBody = "Grüße\r\n.\r\n..dots\r\n.end", HtmlBody = "<p>Grüße</p>" };
        body.Attachments.Add("März.txt", "file"u8.ToArray());
        using var mail = Mail("Ihre Rechnung – März", body.ToMessageBody());

        var answer = await client.SendAsync(mail);

        var taken = (await MailsAsync(simulator, "?to=ann@contoso.test&q=rechnung")).ShouldHaveSingleItem();
        answer.ShouldBe($"2.0.0 Ok: queued as {taken["id"]}");
        ((string)taken["subject"]!).ShouldBe("Ihre Rechnung – März");
        ((string)taken["text"]!).ReplaceLineEndings("\n").TrimEnd().ShouldBe("Grüße\n.\n..dots\n.end");
        ((string)taken["html"]!).Trim().ShouldBe("<p>Grüße</p>");
        ((string)taken["headers"]!["X-Test"]!).ShouldBe("yes");
        ((string)taken["from"]!).ShouldBe("me@example.com");
        taken["attachments"]!.ToJsonString().ShouldBe("""[{"name":"März.txt","contentType":"text/plain","size":4}]""");
        (await MailsAsync(simulator, "?to=ben@contoso.test")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_has_not_logged_in_sends_nothing()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var client = await ConnectAsync(simulator);
        using var mail = Mail("No", new TextPart("plain") { Text = "no" });

        await Should.ThrowAsync<ServiceNotAuthenticatedException>(() => client.SendAsync(mail));
        await Should.ThrowAsync<AuthenticationException>(() => client.AuthenticateAsync("demo", "wrong"));
        await Should.ThrowAsync<AuthenticationException>(() => client.AuthenticateAsync(new SaslMechanismLogin("demo", "wrong")));
        await client.AuthenticateAsync(new SaslMechanismLogin("demo", "demo-smtp-password"));
        await client.SendAsync(mail);

        (await MailsAsync(simulator)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Lines_that_never_end_and_commands_out_of_their_order_are_refused()
    {
        await using var simulator = await RunningSimulator.StartAsync("Smtp:MaxMegabytes=1");
        using var raw = new TcpClient();
        await raw.ConnectAsync(IPAddress.Loopback, await PortAsync(simulator));
        await using var network = raw.GetStream();
        using var answers = new StreamReader(network);

        (await SayAsync("")).ShouldBe("220 mx.simulator.test ESMTP");
        (await SayAsync("RCPT TO:<ann@contoso.test>\r\n")).ShouldBe("503 5.5.1 MAIL first");
        (await SayAsync("MAIL FROM:<me@example.com>\r\n")).ShouldBe("530 5.7.0 Authentication required");
        (await SayAsync(new string('x', 100_000) + "\r\n")).ShouldBe("500 5.5.2 Line too long");
        (await SayAsync("BDAT 5\r\n")).ShouldBe("500 5.5.2 Command not recognized");
        (await SayAsync($"AUTH PLAIN {Convert.ToBase64String("\0demo\0demo-smtp-password"u8)}\r\n")).ShouldStartWith("235");
        (await SayAsync("MAIL FROM:<me@example.com> SIZE=2000000\r\n")).ShouldBe("552 5.3.4 Message size exceeds 1048576 bytes");
        // several commands in one piece are answered one by one
        (await SayAsync("MAIL FROM:<>\r\nRCPT TO:<ann@contoso.test>\r\nDATA\r\n")).ShouldBe("250 2.1.0 Ok");
        (await SayAsync("")).ShouldBe("250 2.1.5 Ok");
        (await SayAsync("")).ShouldStartWith("354");
        (await SayAsync(string.Concat(Enumerable.Repeat(new string('x', 998) + "\r\n", 1100)) + ".\r\n")).ShouldStartWith("552");
        (await SayAsync("QUIT\r\n")).ShouldBe("221 2.0.0 Bye");
        (await answers.ReadLineAsync()).ShouldBeNull();
        (await MailsAsync(simulator)).ShouldBeEmpty();

        async Task<string?> SayAsync(string text)
        {
            await network.WriteAsync(Encoding.ASCII.GetBytes(text));
            return await answers.ReadLineAsync();
        }
    }

    [Fact]
    public async Task A_fault_strikes_the_recipient_that_it_names()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/faults", new { provider = "smtp", status = 450, containing = "<grey@" });
        using var client = await ConnectAsync(simulator);
        await client.AuthenticateAsync("demo", "demo-smtp-password");
        using var mail = Mail("Hello", new TextPart("plain") { Text = "Hello" });

        var refused = await Should.ThrowAsync<SmtpCommandException>(() => client.SendAsync(
            mail, new MailboxAddress("", "me@example.com"), [new MailboxAddress("", "grey@contoso.test")]));
        await client.SendAsync(mail);

        ((int)refused.StatusCode, refused.Mailbox!.Address).ShouldBe((450, "grey@contoso.test"));
        (await MailsAsync(simulator)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_comes_back_is_a_report_in_the_mailbox_that_the_mail_was_sent_from()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        using var client = await ConnectAsync(simulator);
        await client.AuthenticateAsync("demo", "demo-smtp-password");
        using var mail = Mail("Hello", new TextPart("plain") { Text = "Hello" });
        await client.SendAsync(mail, new MailboxAddress("", "owner+42@example.com"), [new MailboxAddress("", "ann@contoso.test")]);
        var id = (string)(await MailsAsync(simulator)).ShouldHaveSingleItem()["id"]!;

        await simulator.ControlAsync($"/_sim/smtp/bounce/{id}", new { diagnostic = "550 5.1.1 No such user" });

        var boxes = (await simulator.GetAsync("/_sim/gmail/mailboxes")).AsArray();
        ((int)boxes.Single(box => (string)box!["address"]! == "owner@example.com")!["messages"]!).ShouldBe(1);
        (await simulator.PostAsync("/_sim/smtp/bounce/42")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<SmtpClient> ConnectAsync(RunningSimulator simulator, SecureSocketOptions security = SecureSocketOptions.None)
    {
        // its certificate is its own
        var client = new SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await client.ConnectAsync("127.0.0.1", await PortAsync(simulator), security);
        return client;
    }

    private static async Task<int> PortAsync(RunningSimulator simulator) => (int)(await simulator.GetAsync("/_sim/smtp"))["port"]!;

    private static async Task<List<JsonNode>> MailsAsync(RunningSimulator simulator, string query = "") =>
        [.. (await simulator.GetAsync($"/_sim/smtp/messages{query}"))["items"]!.AsArray().Select(mail => mail!)];

    private static MimeMessage Mail(string subject, MimeEntity body)
    {
        var mail = new MimeMessage([new MailboxAddress("Me", "me@example.com")], [new MailboxAddress("", "ann@contoso.test")], subject, body);
        mail.Headers.Add("X-Test", "yes");
        return mail;
    }
}
