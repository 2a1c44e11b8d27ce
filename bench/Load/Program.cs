using System.CommandLine;
using Switchboard.Load;
using Switchboard.Load.Email;
using Switchboard.Load.Notify;
using Switchboard.Load.Notify.NotifyApi;
using Switchboard.Load.Sms;
using Switchboard.Load.Social;
using Switchboard.Load.Social.SocialApi;
using Switchboard.Load.Tracking.GraphWebhooks;
using Switchboard.Load.Tracking.Ingest;
using Switchboard.Load.Tracking.TrackedApi;

var root = new RootCommand(
    "Puts load on a running Switchboard and checks that nothing was lost or duplicated. "
    + "Standard output is one JSON line, progress goes to standard error.")
{
    EmailCommand.Create(),
    SmsCommand.Create(),
    IngestCommand.Create(),
    TrackedCommand.Create(),
    GraphWebhooksCommand.Create(),
    NotifyCommand.Create(),
    NotifyApiCommand.Create(),
    SocialCommand.Create(),
    SocialApiCommand.Create(),
};

var parsed = root.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? ExitCodes.NotRun : code;
