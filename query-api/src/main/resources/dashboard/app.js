/** Where the page begins: the shell, which loads the view that the URL names. */
import './shell/app-shell.js';
