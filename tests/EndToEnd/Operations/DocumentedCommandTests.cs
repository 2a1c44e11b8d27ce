using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Aspire.Hosting.Testing;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Operations;

/// <summary>What a document says to paste into a shell works as it stands there, from its top to its end.</summary>
public sealed partial class DocumentedCommandTests(ApplicationFixture app)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("notifications.md")]
    [InlineData("templates.md")]
    [InlineData("inbox.md")]
    [InlineData("webhooks.md")]
    [InlineData("social.md")]
    public async Task Its_commands_work_one_after_the_other(string document)
    {
        var me = await app.Edge.NewUserAsync();
        var commands = Blocks().Matches(await File.ReadAllTextAsync(DocumentAt(document))).Select(block => block.Groups["commands"].Value).ToList();
        commands.ShouldNotBeEmpty();
        var folder = Directory.CreateTempSubdirectory("switchboard-docs-");
        try
        {
            var (exitCode, said) = await RunAsync(folder.FullName, Preamble(me) + string.Join("\n", commands));
            exitCode.ShouldBe(0, said);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // as in the README, for a user of the test's own; an answer that is an error ends it, a stream that was watched long enough does not
    private string Preamble(EdgeClient me) =>
        $$"""
        set -eu -o pipefail
        curl() { command curl --fail-with-body --show-error "$@" || [ $? = 28 ]; }
        api={{Address("edge-api")}} sim={{Address("simulator")}} key='Authorization: Bearer {{me.Key}}' json='Content-Type: application/json'
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
