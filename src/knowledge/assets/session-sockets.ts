/** Sockets of the desktop session, the service manager, terminals and editors. */
import { gain, ownedBy } from './row.ts';

const USERS = ['UID', '0', '501', '1000', '1001'] as const;

export const SESSION_SOCKETS = ownedBy('session-socket', [
  {
    id: 'x11',
    title: 'the X11 display',
    paths: ['/tmp/.X11-unix/X0', '/tmp/.X11-unix/X1', '/tmp/.X11-unix/'],
    connect: gain('session:x11', 'direct', 'read your keystrokes and screen, and type into your windows'),
    reason: 'X11 does not separate its clients from each other; a cookie or `xhost +` is all it asks for.',
    reference: 'https://man.archlinux.org/man/Xsecurity.7',
  },
  {
    id: 'session-bus',
    title: 'the D-Bus of your session',
    paths: ['/run/user/UID/bus'],
    connect: gain('host-user', 'direct', 'start commands through the service manager of your session'),
    reason: 'systemd of the user session starts any command for whoever reaches its bus.',
    reference: 'https://www.freedesktop.org/wiki/Software/systemd/dbus/',
  },
  {
    id: 'user-systemd',
    title: 'the private socket of the service manager of your session',
    paths: ['/run/user/UID/systemd/private', '/run/user/UID/systemd/'],
    connect: gain('host-user', 'direct', 'start commands through the service manager of your session'),
    reason: 'systemd of the user session starts any command for whoever reaches it.',
    reference: 'https://www.freedesktop.org/wiki/Software/systemd/dbus/',
  },
  {
    id: 'system-bus',
    title: 'the D-Bus of the system',
    paths: ['/run/dbus/system_bus_socket', '/run/dbus/'],
    connect: gain(
      'session:system-bus',
      'direct',
      'ask the services of the host, for root to start units there',
    ),
    reason:
      'Root inside is root for the bus, as long as user ids are not mapped; others are asked by polkit.',
    reference: 'https://dbus.freedesktop.org/doc/dbus-daemon.1.html',
  },
  {
    id: 'system-systemd',
    title: 'the private socket of systemd',
    paths: ['/run/systemd/private'],
    connect: gain('host-root', 'direct', 'start units as root on the host'),
    reason: 'It takes commands from root without further questions.',
    reference: 'https://www.freedesktop.org/wiki/Software/systemd/dbus/',
  },
  {
    id: 'wayland',
    title: 'the Wayland display',
    paths: ['/run/user/UID/wayland-0', '/run/user/UID/wayland-1'],
    connect: gain(
      'session:wayland',
      'assumed',
      'open windows and, by compositor, read the clipboard or the screen',
    ),
    reason:
      'The protocol separates clients; what its extensions allow differs from compositor to compositor.',
    reference: 'https://wayland.freedesktop.org/docs/html/',
  },
  {
    id: 'audio',
    title: 'the sound server',
    paths: ['/run/user/UID/pulse/native', '/run/user/UID/pulse/', '/run/user/UID/pipewire-0'],
    connect: gain('sensors:audio', 'direct', 'listen to the microphone'),
    reason: 'Clients of the sound server record without being asked for.',
    reference: 'https://www.freedesktop.org/wiki/Software/PulseAudio/Documentation/User/Permissions/',
  },
  {
    id: 'tmux',
    title: 'your tmux or screen sessions',
    paths: [...USERS.map((uid) => `/tmp/tmux-${uid}/`), '/run/screen/', '/run/user/UID/tmux/'],
    connect: gain('host-user', 'direct', 'type commands into your terminals'),
    reason: '`tmux send-keys` types into any pane of the server that it reaches.',
    reference: 'https://man7.org/linux/man-pages/man1/tmux.1.html',
  },
  {
    id: 'editor-ipc',
    title: "your editor's command socket",
    paths: [
      '/run/user/UID/vscode-ipc-*.sock',
      '/tmp/vscode-ipc-*.sock',
      '/run/user/UID/emacs/',
      '/run/user/UID/nvim.0',
    ],
    connect: gain('session:editor', 'direct', 'drive your editor from outside'),
    reason: 'The socket opens files, windows and addresses, in some editors it evaluates code.',
    reference: 'https://neovim.io/doc/user/remote.html',
  },
  {
    id: 'host-services',
    title: "the service directory of Docker Desktop's machine",
    paths: ['/run/guest-services/', '/run/desktop/'],
    connect: gain('session:desktop', 'assumed', 'talk to services of Docker Desktop'),
    reason: 'Docker Desktop passes sockets of the host into its machine there.',
    reference: 'https://docs.docker.com/desktop/features/networking/',
  },
  {
    id: 'init-control',
    title: 'control sockets of system services',
    paths: ['/run/supervisor.sock', '/run/udev/control', '/run/snapd.socket', '/run/rpcbind.sock'],
    connect: gain('session:system-service', 'assumed', 'give orders to services of the host'),
    reason: 'These take commands from root, which root inside is as long as user ids are not mapped.',
    reference: 'https://snapcraft.io/docs/snapd-api',
  },
]);
