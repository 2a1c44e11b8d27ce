using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Aspire.Hosting.Testing;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Operations;

/// <summary>What a document says to paste into a shell works as it stands there, from its top to its end.</summary>
public sealed partial class DocumentedCommandTests(ApplicationFixture app)
{
    // an answer that is an error ends it, a stream that was watched long enough does not
    private const string Preamble =
        """
        set -eu -o pipefail
        curl() { command curl --fail-with-body --show-error "$@" || [ $? = 28 ]; }

        """;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("notifications.md")]
    [InlineData("templates.md")]
    [InlineData("inbox.md")]
    [InlineData("webhooks.md")]
    [InlineData("social.md")]
    [InlineData("channels.md")]
    public async Task Its_commands_work_one_after_the_other(string document)
    {
        var me = await app.Edge.NewUserAsync();
        await WorksAsync(Variables(me.Key) + string.Join("\n", await CommandsAsync(document)));
    }

    [Fact]
    public async Task So_do_those_of_the_readme_for_the_demo_user()
    {
        var commands = string.Join("\n", (await CommandsAsync("../README.md")).SkipWhile(block => !block.StartsWith("api=", StringComparison.Ordinal)));
        var variables = commands[..commands.IndexOf('\n', StringComparison.Ordinal)];
        variables.ShouldBe(
            "api=http://localhost:5080 sim=http://localhost:5090 key='Authorization: Bearer sb_demo' json='Content-Type: application/json'");

        await WorksAsync(Variables(app.Edge.Key) + commands[variables.Length..]);
    }

    private async Task WorksAsync(string commands)
    {
        var folder = Directory.CreateTempSubdirectory("switchboard-docs-");
        try
        {
            var (exitCode, said) = await RunAsync(folder.FullName, Preamble + commands);
            exitCode.ShouldBe(0, said);
        }
        finally
        {
            folder.Delete(recursive: true);
            await app.Simulator.HealAsync();
        }
    }

    // what is for the application that runs: other blocks start or deploy it
    private static async Task<IReadOnlyList<string>> CommandsAsync(string document)
    {
        string[] commands =
        [
            .. Blocks().Matches(await File.ReadAllTextAsync(DocumentAt(document))).Select(block => block.Groups["commands"].Value)
                .Where(block => block.Contains("$api", StringComparison.Ordinal) || block.Contains("$sim", StringComparison.Ordinal)),
        ];
        commands.ShouldNotBeEmpty();
        return commands;
    }

    // as in the README
    private string Variables(string key) =>
        $$"""
        api={{Address("edge-api")}} sim={{Address("simulator")}} key='Authorization: Bearer {{key}}' json='Content-Type: application/json'
        set -x

        """;

    private string Address(string resource) => app.App.GetEndpoint(resource, "http").ToString().TrimEnd('/');

    private static async Task<(int ExitCode, string Said)> RunAsync(string folder, string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var timeout = new CancellationTokenSource(Longest);
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(CancellationToken.None), shell.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await shell.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            shell.Kill(entireProcessTree: true);
            await shell.WaitForExitAsync(CancellationToken.None);
        }

        return (shell.ExitCode, $"{await output}\n{await errors}");
    }

    private static string DocumentAt(string name, [CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "docs", name);

    [GeneratedRegex(@"^```sh\n(?<commands>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Blocks();
}
